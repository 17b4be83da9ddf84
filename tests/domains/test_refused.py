"""What a scenario cannot express is an error with place, value, rule and remedy; nothing is lost without a word."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.domains import import_domain
from sim.domains.xml_reader import DEEPEST, LARGEST, MOST_ELEMENTS
from sim.scenario import ScenarioError
from tests.seldom import examples

GENIUS = """\
<utility_space>
<objective index="0" name="root" type="objective" etype="objective">
<issue index="1" name="Price" type="discrete" etype="discrete">
<item index="1" value="low" evaluation="1"/>
<item index="2" value="high" evaluation="4"/>
</issue>
<weight index="1" value="1.0"/>
</objective>
<discount_factor value="1.0"/>
<reservation value="0.25"/>
</utility_space>
"""
DOMAIN = """\
name: trade
issues:
  - {name: Price, type: CategoricalIssue, values: [low, high]}
"""
NEGMAS = """\
name: buyer
type: LinearAdditiveUtilityFunction
reserved_value: 0.25
weights: [1.0]
values:
  - {type: TableFun, mapping: {low: 0.25, high: 1.0}}
"""
WEB = """\
{"LinearAdditiveUtilitySpace":
 {"name": "buyer",
  "domain": {"name": "trade", "issuesValues": {"Price": {"values": ["low", "high"]}}},
  "issueUtilities": {"Price": {"discreteutils": {"valueUtilities": {"low": 0.25, "high": 1}}}},
  "issueWeights": {"Price": 1},
  "reservationBid": {"issuevalues": {"Price": "low"}}}}
"""


def said(folder: Path, *texts: str, **options: bool) -> str:
    """The report of importing these files, called a, b and so on."""
    files = []
    for name, text in zip("abcdefghijk", texts, strict=False):
        files.append(folder / name)
        files[-1].write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        import_domain(files, **options)
    report = str(refused.value)
    for problem in refused.value.problems:
        assert "(" in problem.message or problem.kind == "ambiguous-scalar", problem.message  # a rule
        assert "; " in problem.message, problem.message  # a remedy
    return report.replace(f"{folder}/", "")


def test_the_files_are_good_as_they_are(tmp_path: Path) -> None:
    for good in ([GENIUS, GENIUS], [DOMAIN, NEGMAS, NEGMAS], [WEB, WEB]):
        files = [tmp_path / f"{number}" for number in range(len(good))]
        for file, text in zip(files, good, strict=True):
            file.write_text(text, encoding="utf-8")
        import_domain(files)


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("<utility_space>", '<utility_space type="nonlinear">', "a:1:1", "type nonlinear"),
        ("</objective>", "<utility><ufun><hyperRectangle/></ufun></utility></objective>", "a:8:1", "<utility>"),
        ('type="discrete" etype="discrete"', 'type="real" etype="real" lowerbound="0"', "a:3:1", None),
        ('evaluation="4"', 'evaluation="-4"', "a:5:1", "-4"),
        ('evaluation="4"', 'evaluation="nan"', "a:5:1", "nan"),
        ('evaluation="4"', "", "a:5:1", "without evaluation="),
        ('value="high"', 'value="low"', "a:5:1", "a second low"),
        ('<weight index="1" value="1.0"/>', '<weight index="2" value="1.0"/>', "a:3:1", "no weight"),
        ("</objective>", '<weight index="2" value="0.5"/></objective>', "a:8:1", "a weight without an issue"),
        ('value="1.0"/>\n</objective>', 'value="-1.0"/>\n</objective>', "a:7:1", "the weight -1"),
        ('<discount_factor value="1.0"/>', '<discount_factor value="0.5"/>', "a: ", "--undiscounted"),
        ('<reservation value="0.25"/>', '<reservation value="1.25"/>', "a: ", "--rescale"),
        ('<reservation value="0.25"/>', '<reservation value="inf"/>', "a:10:1", "inf"),
        ('<reservation value="0.25"/>', '<reservation value="0.25"/>' * 2, "a:10:28", "a second <reservation>"),
        ("</issue>", "</isue>", "a:6:3", "no XML from here on"),
        ("<utility_space>", "<!DOCTYPE x><utility_space>", "a:1:1", "a document type"),
    ],
)
def test_genius(tmp_path: Path, old: str, new: str, where: str, what: str | None) -> None:
    assert old in GENIUS
    changed = GENIUS.replace(old, new, 1)
    if what is None:  # the items make any issue a list: a real-valued one has none
        lines = changed.splitlines()
        changed, what = "\n".join([*lines[:3], *lines[5:]]), "a real-valued issue without steps"
    report = said(tmp_path, changed, GENIUS)
    assert report.startswith(where)
    assert what in report


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("LinearAdditiveUtilityFunction", "HyperRectangleUtilityFunction", "b:1:1", "HyperRectangleUtilityFunction"),
        ("TableFun, mapping: {low: 0.25, high: 1.0}", "CosFun, multiplier: 1", "b:6:5", "CosFun"),
        (", high: 1.0", "", "b:6:31", "no value for high"),
        (", high: 1.0", ", high: 1.0, higher: 2.0", "b:6:31", "higher"),
        ("weights: [1.0]", "weights: [1.0, 2.0]", "b:4:10", "2 weights"),
        ("weights: [1.0]", "weights: [.nan]", "b:4:11", ".nan"),
        ("weights: [1.0]", "weights: [1.0]\nconstraints: [some]", "b:5:1", "constraints"),
        ("weights: [1.0]", "weights: [1.0]\nmood: bad", "b:5:1", "mood"),
        ("weights: [1.0]", "weights: [10.0]", "b: ", "--rescale"),
        ("reserved_value: 0.25", "reserved_value: .inf", "b:3:17", "infinite"),
    ],
)
def test_negmas(tmp_path: Path, old: str, new: str, where: str, what: str) -> None:
    assert old in NEGMAS
    report = said(tmp_path, DOMAIN, NEGMAS.replace(old, new, 1), NEGMAS)
    assert report.startswith(where)
    assert what in report


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("CategoricalIssue, values: [low, high]", "ContinuousIssue, values: [0.0, 1.0]", "without steps"),
        ("CategoricalIssue, values: [low, high]", "ContiguousIssue, values: [0, 100000]", "100,001 values"),
        ("CategoricalIssue, values: [low, high]", "ContiguousIssue, values: [5, 1]", "exchange the two"),
        ("CategoricalIssue, values: [low, high]", "CallableIssue, values: x", "CallableIssue"),
        ("[low, high]", "[low, low]", "values that differ"),
    ],
)
def test_a_domain_of_negmas(tmp_path: Path, old: str, new: str, what: str) -> None:
    assert old in DOMAIN
    report = said(tmp_path, DOMAIN.replace(old, new, 1), NEGMAS, NEGMAS)
    assert report.startswith("a:3:")
    assert what in report


def test_discounted_utilities_of_negmas(tmp_path: Path) -> None:
    inner = NEGMAS.replace("\n", "\n  ").rstrip()
    wrapped = f"type: ExpDiscountedUFun\ndiscount: 0.9\nufun:\n  {inner}\n"
    assert "a discount factor of 0.9 (in a scenario" in said(tmp_path, DOMAIN, wrapped, NEGMAS)
    imported = import_domain([tmp_path / name for name in "abc"], undiscounted=True)
    assert "buyer: a discount factor of 0.9 is left out" in imported.notes


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("LinearAdditiveUtilitySpace", "SumOfGroupsUtilitySpace", "a:1:1", "SumOfGroupsUtilitySpace"),
        ('"Price": "low"}', '"Price": "lower"}', "a:6:", "lower is no value of Price"),
        ('"low": 0.25, ', "", "a:4:", "no value for low"),
        ('"discreteutils"', '"guessutils"', "a:4:", "guessutils"),
        ('{"values": ["low", "high"]}', '{"range": [0, 1]}', "a:3:", "without steps"),
        ('"issueWeights": {"Price": 1}', '"issueWeights": {}', "a:5:", "no Price"),
    ],
)
def test_geniusweb(tmp_path: Path, old: str, new: str, where: str, what: str) -> None:
    assert old in WEB
    report = said(tmp_path, WEB.replace(old, new, 1), WEB)
    assert report.startswith(where)
    assert what in report


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    other = GENIUS.replace("low", "lower")
    assert "low is a value of Price in one of the two only" in said(tmp_path, GENIUS, other)
    assert "1 profile (a scenario has 2 to 8 sides)" in said(tmp_path, GENIUS)
    assert "9 profiles (a scenario has 2 to 8 sides)" in said(tmp_path, *[GENIUS] * 9)
    assert "no domain to read it by" in said(tmp_path, NEGMAS, NEGMAS)
    assert "a second domain" in said(tmp_path, DOMAIN, DOMAIN, NEGMAS, NEGMAS)
    assert "no domain and no profile" in said(tmp_path, "name: Talks\nparties: {}\n", GENIUS)


def test_all_files_are_reported_at_once(tmp_path: Path) -> None:
    report = said(tmp_path, GENIUS.replace('evaluation="4"', 'evaluation="x"'), NEGMAS.replace("0.25", "[", 1), "")
    assert [line[0] for line in report.splitlines() if line[:2] in ("a:", "b:", "c:")] == ["a", "b", "c"]


def test_what_cannot_be_a_domain_is_not_called_a_scenario(tmp_path: Path) -> None:
    for text, what in (("\ufeff \n", "there is nothing in it"), ("{}" + " " * LARGEST, "it is too long")):
        report = said(tmp_path, text)
        assert what in report
        assert "scenario" not in report


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"cannot be read \(No such file or directory\); check its name"):
        import_domain([tmp_path / "nowhere.xml"])


# ---- XML from anybody ------------------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE u [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n<utility_space type="&b;"/>'
FETCHED = '<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<utility_space type="&a;"/>'
REMOTE = '<!DOCTYPE utility_space SYSTEM "http://localhost:9/x.dtd">\n<utility_space/>'


@pytest.mark.parametrize("text", [LAUGHS, FETCHED, REMOTE], ids=["laughs", "file", "remote"])
def test_no_document_type_and_so_no_entity(tmp_path: Path, text: str) -> None:
    report = said(tmp_path, text)
    assert "a document type" in report
    assert "root:" not in report.replace("<root", "")


def test_an_entity_that_nobody_declared(tmp_path: Path) -> None:
    assert "undefined entity" in said(tmp_path, GENIUS.replace("low", "&lol;"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"<utility_space>{' ' * LARGEST}</utility_space>", f"at most {LARGEST:,} bytes"),
        (f"<utility_space>{'<item/>' * MOST_ELEMENTS}</utility_space>", "too many elements"),
        ("<item>" * (DEEPEST + 1), "one level too many"),
        ('<?xml version="1.0" encoding="klingon"?><utility_space/>', "no XML from here on"),
    ],
    ids=["bytes", "elements", "levels", "encoding"],
)
def test_sizes_are_bounded(tmp_path: Path, text: str, what: str) -> None:
    assert what in said(tmp_path, text)


def test_other_encodings_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    german = GENIUS.replace("low", "günstig")
    (tmp_path / "one.xml").write_bytes(f'<?xml version="1.0" encoding="iso-8859-1"?>{german}'.encode("latin-1"))
    (tmp_path / "two.xml").write_bytes(german.encode("utf-8-sig"))
    assert "günstig" in import_domain([tmp_path / "one.xml", tmp_path / "two.xml"]).text


@pytest.mark.parametrize("name", ["../../evil", "C:\\evil", "/etc/evil", "a/b", "con<>|?*", ".hidden"])
def test_no_name_in_a_file_leads_to_another_folder(tmp_path: Path, name: str) -> None:
    for stem, text in (("d", DOMAIN.replace("trade", repr(name))), ("b", NEGMAS), ("s", NEGMAS)):
        (tmp_path / stem).write_text(text, encoding="utf-8")
    stem = import_domain([tmp_path / each for each in "dbs"]).stem
    assert not set(stem) & set('/\\:<>"|?*.')


# ---- whatever the bytes ----------------------------------------------------------------------------------------------

GOOD = {"genius": [GENIUS, GENIUS], "negmas": [DOMAIN, NEGMAS, NEGMAS], "geniusweb": [WEB, WEB]}
TOKENS = [
    "",
    '"',
    "<",
    ">",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "-1",
    "1e400",
    "nan",
    "\n",
    "\x00",
    "é",
    "issue",
    "&",
]


@pytest.mark.parametrize("kind", GOOD)
@given(data=st.data())
@examples(4)
def test_a_file_that_was_damaged_is_imported_or_refused(kind: str, data: st.DataObject) -> None:
    """No other error than `ScenarioError`, wherever something is put in the place of something else."""
    texts = list(GOOD[kind])
    which = data.draw(st.integers(0, len(texts) - 1))
    start = data.draw(st.integers(0, len(texts[which]) - 1))
    end = data.draw(st.integers(start, min(start + 30, len(texts[which]))))
    texts[which] = texts[which][:start] + data.draw(st.sampled_from(TOKENS)) + texts[which][end:]
    with TemporaryDirectory() as folder, suppress(ScenarioError):
        files = [Path(folder, str(number)) for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
        import_domain(files, undiscounted=True, rescale=True)
