"""An output that is just text becomes what nbformat would make of it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import output_from_msg

from grading.engine.execution.outputs import plain_output

TEXT = st.text(max_size=5)
ANYTHING = st.none() | TEXT | st.integers() | st.lists(TEXT, max_size=2) | st.dictionaries(TEXT, TEXT, max_size=1)
TYPES = st.sampled_from(["text/plain", "text/html", "image/png", "application/json", "application/x+json"]) | TEXT
DATA = st.dictionaries(TYPES, TEXT, max_size=3)
CONTENTS = {
    "stream": st.fixed_dictionaries({"name": st.sampled_from(["stdout", "stderr"]), "text": TEXT}),
    "error": st.fixed_dictionaries({"ename": TEXT, "evalue": TEXT, "traceback": st.lists(TEXT, max_size=3)}),
    "display_data": st.fixed_dictionaries({"data": DATA, "metadata": st.just({}), "transient": st.just({})}),
    "execute_result": st.fixed_dictionaries(
        {"data": DATA, "metadata": st.just({}), "execution_count": st.integers(min_value=0)}
    ),
}


@given(st.sampled_from(sorted(CONTENTS)).flatmap(lambda kind: st.tuples(st.just(kind), CONTENTS[kind])))
def test_text_becomes_what_nbformat_makes_of_it(message: tuple[str, dict[str, Any]]) -> None:
    kind, content = message
    found = plain_output(kind, content)
    expected = output_from_msg({"header": {"msg_type": kind}, "content": content})  # type: ignore[no-untyped-call]
    if any(name.endswith("json") for name in content.get("data", ())):
        assert found is None
    else:
        assert found == expected
        assert type(found) is type(expected)


@given(
    st.sampled_from([*sorted(CONTENTS), "update_display_data", "clear_output"]),
    st.dictionaries(
        st.sampled_from("name text ename evalue traceback data metadata execution_count".split()), ANYTHING, max_size=5
    ),
)
def test_what_nbformat_would_refuse_is_never_taken_for_text(kind: str, content: dict[str, Any]) -> None:
    found = plain_output(kind, content)
    if found is not None:
        assert found == output_from_msg({"header": {"msg_type": kind}, "content": content})  # type: ignore[no-untyped-call]
