"""Measurements that were made once, on a machine and with versions that are named beside them.

The lessons show them beside what they measure where they run. `benchmarks/lesson_records.py` wrote
this file; do not change it by hand.
"""

from typing import Any, Dict

__all__ = ["RECORDS"]

RECORDS: Dict[str, Any] = {
    'layer': [
        {
            'python': "PyPy 7.3.11 (Python 3.9.16)",
            'numpy': "",
            'machine': "AMD EPYC, Linux",
            'microseconds': {
                'three nested loops': 364.19,
                'loops with zip': 240.33,
                'linalg.inner': 814.14,
            },
        },
    ],
    'race': {
        'epochs': 40,
        'seeds': [2, 3, 4],
        'losses': {
            'SGD': {
                0.1: [0.438, 0.367, 0.403],
                0.3: [0.198, 0.129, 0.173],
                1.0: [0.116, 0.096, 0.222],
                3.0: [1.093, 1.163, 1.144],
            },
            'momentum': {
                0.01: [0.47, 0.423, 0.419],
                0.03: [0.171, 0.14, 0.17],
                0.1: [0.068, 0.074, 0.072],
                0.3: [0.184, 0.185, 0.869],
            },
            'RMSProp': {
                0.003: [0.408, 0.35, 0.378],
                0.01: [0.08, 0.083, 0.099],
                0.03: [0.038, 0.066, 0.067],
                0.1: [0.044, 0.088, 0.071],
            },
            'Adam': {
                0.003: [0.381, 0.4, 0.43],
                0.01: [0.089, 0.095, 0.096],
                0.03: [0.041, 0.048, 0.04],
                0.1: [0.037, 0.148, 0.03],
            },
        },
    },
}
