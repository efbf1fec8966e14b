"""Measurements that were made once, on a machine and versions that are named below.

The lessons show them beside what they measure where they run. `benchmarks/lesson_records.py` wrote
this file; do not change it by hand.
"""

from typing import Any, Dict

__all__ = ["RECORDS"]

RECORDS: Dict[str, Any] = {
    'layer': [
        {
            'python': "CPython 3.11.7",
            'numpy': "2.4.6",
            'machine': "AMD EPYC, Linux",
            'microseconds': {
                'three nested loops': 4054.64,
                'loops with zip': 3280.54,
                'linalg.inner': 2287.47,
                'NumPy': 6.12,
            },
        },
        {
            'python': "CPython 3.13.0",
            'numpy': "",
            'machine': "AMD EPYC, Linux",
            'microseconds': {
                'three nested loops': 3828.19,
                'loops with zip': 3413.86,
                'linalg.inner': 1120.02,
            },
        },
        {
            'python': "PyPy 7.3.11 (Python 3.9.16)",
            'numpy': "",
            'machine': "AMD EPYC, Linux",
            'microseconds': {
                'three nested loops': 224.65,
                'loops with zip': 165.2,
                'linalg.inner': 171.96,
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
                0.3: [0.173, 0.268, 1.141],
            },
            'Adam': {
                0.003: [0.381, 0.4, 0.43],
                0.01: [0.089, 0.095, 0.096],
                0.03: [0.041, 0.048, 0.04],
                0.1: [0.037, 0.148, 0.03],
                0.3: [0.183, 0.579, 0.336],
            },
        },
    },
    'nudges': {
        'goal': 0.5,
        'points': 90,
        'seeds': [2, 3, 4],
        'rows': [
            {
                'width': 8,
                'parameters': 123,
                'nudges': {
                    0.02: [1418, 1570, 1854],
                    0.05: [1768, 982, 1596],
                    0.1: [1282, 1178, 910],
                },
                'gradient': {0.3: [315, 213, 327], 1.0: [144, 111, 291]},
            },
            {
                'width': 16,
                'parameters': 371,
                'nudges': {
                    0.02: [870, 1070, 1088],
                    0.05: [556, 650, 1156],
                    0.1: [1342, 510, 1904],
                },
                'gradient': {0.3: [195, 141, 138], 1.0: [60, 72, 63]},
            },
            {
                'width': 32,
                'parameters': 1251,
                'nudges': {
                    0.02: [940, 752, 1054],
                    0.05: [580, 554, 558],
                    0.1: [1720, 596, 458],
                },
                'gradient': {0.3: [168, 120, 96], 1.0: [66, 57, 54]},
            },
        ],
        'accuracy': {150: 0.667, 500: 0.8, 1000: 0.956},
    },
    'autograd': [
        {
            'python': "CPython 3.11.7",
            'machine': "AMD EPYC, Linux",
            'milliseconds': {'layers': 5.54, 'tape': 6.208, 'numbers': 294.843},
        },
        {
            'python': "CPython 3.13.0",
            'machine': "AMD EPYC, Linux",
            'milliseconds': {'layers': 4.715, 'tape': 5.334, 'numbers': 343.931},
        },
        {
            'python': "PyPy 7.3.11 (Python 3.9.16)",
            'machine': "AMD EPYC, Linux",
            'milliseconds': {'layers': 3.14, 'tape': 3.437, 'numbers': 101.409},
        },
    ],
    'language': {
        'python': "CPython 3.11.7",
        'machine': "AMD EPYC, Linux",
        'models': [
            {
                'model': "dense, last 1",
                'steps': 1875,
                'parameters': 1971,
                'loss': 2.378,
                'seconds': 16.1,
            },
            {
                'model': "dense, last 3",
                'steps': 1875,
                'parameters': 2739,
                'loss': 2.21,
                'seconds': 23.5,
            },
            {
                'model': "dense, last 8",
                'steps': 1875,
                'parameters': 4659,
                'loss': 2.161,
                'seconds': 42.0,
            },
            {
                'model': "attention, width 16, 1,000 steps of 1",
                'steps': 1000,
                'parameters': 4240,
                'loss': 2.355,
                'seconds': 9.1,
            },
            {
                'model': "attention, width 16, 1,000 steps of 4",
                'steps': 1000,
                'parameters': 4240,
                'loss': 2.192,
                'seconds': 24.0,
            },
            {
                'model': "attention, width 16, 1,000 steps of 8",
                'steps': 1000,
                'parameters': 4240,
                'loss': 2.143,
                'seconds': 39.7,
            },
            {
                'model': "attention, width 16, 3,000 steps of 8",
                'steps': 3000,
                'parameters': 4240,
                'loss': 2.077,
                'seconds': 107.3,
            },
            {
                'model': "attention, width 16, 3,000 steps of 16",
                'steps': 3000,
                'parameters': 4240,
                'loss': 2.05,
                'seconds': 215.1,
            },
        ],
    },
}
