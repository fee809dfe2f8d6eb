"""What PyTorch, NumPy and Python say when they raise, put into what a learner needs to hear.

One table for all exercises, in order: the first entry whose type and words fit is taken. A sentence may use the groups of its
pattern. Nothing is said where the message says enough by itself, or where more than one thing may be meant. The file is long
because it is one table.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass, replace

from grading.judging.verdict import Finding
from grading.probe.call import Failure

CALLED_IN = "called in"
# A line and its place, as `grading.probe.learner` writes them, and the function, which is left out where there is only one.
_PLACE = re.compile(r"^(line \d+) of ([^:]+)")
_NUMBERS = "(?:Long|Int|Short|Char|Byte|Bool)"


@dataclass(frozen=True)
class Explanation:
    """What to do about an exception. types: its possible names; words: a pattern that is looked for in its message."""

    types: tuple[str, ...]
    words: str
    advice: str

    def of(self, failure: Failure) -> str:
        """Return the advice on a failure, "" if it is about another one."""
        found = re.search(self.words, failure.message) if failure.type in self.types else None
        return found.expand(self.advice) if found else ""


def explanation_of(failure: Failure) -> str:
    """Return what to do about an exception that left an answer, "" if there is nothing to add to what it says."""
    return next((advice for one in EXPLANATIONS if (advice := one.of(failure))), "")


def lines_of(failure: Failure) -> tuple[tuple[str, str], ...]:
    """Return the facts about where it was raised: the learner's own lines, the one that raised with the shapes of the tensors in it.

    As in `line 4: Z = X @ W1    X (4, 3), W1 (5, 3)`; where several functions took part, each line has its name, and those that
    called follow.
    """
    if not failure.line:
        return ()
    lines = [failure.line, *failure.callers]
    if len({found[2] if (found := _PLACE.match(line)) else line for line in lines}) == 1:
        lines = [_PLACE.sub(r"\1", line) for line in lines]
    if failure.shapes:
        lines[0] += f"    {failure.shapes}"
    return (("in", lines[0]), *((CALLED_IN, line) for line in lines[1:]))


def without_details(finding: Finding) -> Finding:
    """Return the finding about an exception without what its message or its name may tell of a hidden input; others as they are."""
    name = finding.title.removeprefix("it raised ").removesuffix(".")
    if finding.kind != "raised" or name == finding.title.removesuffix("."):
        return finding
    known = isinstance(getattr(builtins, name, None), type)
    general = any(finding.advice == one.advice for one in EXPLANATIONS)  # no part of the message was put into it
    return replace(
        finding,
        title=finding.title if known else "it raised an exception.",
        advice=finding.advice if general else "",
    )


# PyTorch has changed its mind about the type of these.
_UNSUPPORTED = ("NotImplementedError", "RuntimeError")

EXPLANATIONS: tuple[Explanation, ...] = (
    Explanation(
        ("StdinNotImplementedError",),
        "",
        "It asks for input, and there is nobody to answer: everything it needs is in its arguments.",
    ),
    Explanation(
        ("NotImplementedError",),
        "^$",
        "Take the line `raise NotImplementedError()` away: it ends the function before there is a result.",
    ),
    # Truth values.
    Explanation(
        ("RuntimeError", "ValueError"),
        "Boolean value of Tensor with more than one|truth value of an array",
        "A comparison of tensors has an answer for each element, and `if`, `and`, `or`, `max` and `min` need one answer. "
        "Treat all elements at once, for example with `torch.where`, `torch.maximum`, or a product with a mask.",
    ),
    Explanation(
        ("RuntimeError",),
        "Boolean value of Tensor with no values",
        "An empty tensor is neither true nor false. What should come out for a batch of nothing?",
    ),
    # Shapes.
    Explanation(
        ("RuntimeError",),
        r"1D tensors expected, but got (\d)D and (\d)D tensors",
        "`torch.dot` is for two vectors. `*` multiplies element by element, and `@` is the product of matrices.",
    ),
    Explanation(
        ("RuntimeError",),
        r"output with shape (\[[\d, ]*\]) doesn't match the broadcast shape (\[[\d, ]*\])",
        r"An operation in place cannot make its target larger: it has the shape \1, and the result \2. Make a new tensor.",
    ),
    Explanation(
        ("RuntimeError",),
        "Tensors must have same number of dimensions|Sizes of tensors must match except in dimension",
        "`torch.cat` joins tensors that agree in all axes but one. Flatten them first, or use another axis.",
    ),
    Explanation(
        ("RuntimeError",),
        "stack expects each tensor to be equal size",
        "`torch.stack` puts equal shapes on top of each other, and these differ.",
    ),
    Explanation(
        ("IndexError",),
        r"shape of the mask (\[[\d, ]*\]) at index \d+ does not match the shape of the indexed tensor (\[[\d, ]*\])",
        r"A mask has the shape of the tensor that it chooses from. Here they are \1 and \2.",
    ),
    Explanation(
        ("TypeError", "IndexError"),
        "invalid index of a 0-dim tensor|len\\(\\) of a 0-d tensor",
        "A tensor without axes is a single number: it has no entries to go through or to pick.",
    ),
    Explanation(
        ("RuntimeError", "IndexError"),
        r"(\w+)\(\): Expected reduction dim",
        r"`\1` of no elements has no value. What should come out for an empty batch?",
    ),
    Explanation(
        ("RuntimeError",),
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        r"A matrix product needs as many columns in the left factor, here \2, as rows in the right one, here \3. "
        "In this course every row of X is an example, and a weight matrix has a row for each input: X @ W.",
    ),
    Explanation(
        ("RuntimeError",),
        r"size mismatch, got input \((\d+)\), mat \((\d+)x(\d+)\), vec \((\d+)\)",
        r"The matrix has \3 columns and the vector \4 numbers; for a product these must be equal.",
    ),
    Explanation(
        ("RuntimeError",),
        r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]",
        r"The product of two vectors needs as many numbers in both; here they have \1 and \2.",
    ),
    Explanation(
        ("RuntimeError",),
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
        r"Operations on elements need shapes that agree, counted from the last axis. Here axis \3 has \1 entries in the left "
        r"operand and \2 in the right one.",
    ),
    Explanation(
        ("ValueError",),
        r"operands could not be broadcast together with shapes (\([\d, ]*\)) (\([\d, ]*\))",
        r"Operations on elements need shapes that agree, counted from the last axis. Here they are \1 and \2.",
    ),
    Explanation(
        ("RuntimeError",),
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)",
        r"What is assigned has another shape than the place that it is assigned to: \2 entries for \1.",
    ),
    Explanation(
        ("RuntimeError",),
        r"shape '(\[[^']*\])' is invalid for input of size (\d+)",
        r"A new shape keeps the number of elements. There are \2, and \1 cannot hold them.",
    ),
    Explanation(
        ("RuntimeError",),
        "view size is not compatible with input tensor's size and stride",
        "`view` needs a tensor that lies in memory without gaps, and this one does not: it may be a transposed batch. `reshape` "
        "does the same and copies where it has to.",
    ),
    Explanation(
        ("ValueError",),
        "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions",
        "A tensor with one axis, such as a bias, has no fan-in and fan-out. These functions are for weights; biases get zeros.",
    ),
    Explanation(
        ("IndexError",),
        r"Dimension out of range \(expected to be in range of \[-(\d+), \d+\], but got (-?\d+)\)",
        r"There is no axis \2: the tensor has \1, and the first one is 0.",
    ),
    Explanation(
        ("IndexError",),
        r"too many indices for (?:tensor of dimension|array: array is) (\d+)",
        r"There are more indices than axes: the tensor has \1.",
    ),
    Explanation(
        ("IndexError",),
        r"index (-?\d+) is out of bounds for (?:dimension|axis) (\d+) with size (\d+)",
        r"Axis \2 has \3 entries, and the first one is 0: there is no entry \1.",
    ),
    Explanation(
        ("IndexError",),
        "tuple index out of range",
        "It asks for an axis that is not there: `x.shape` has an entry for each axis, and this input has fewer.",
    ),
    Explanation(("IndexError",), "list index out of range", "The list is shorter than that. Its first entry is 0."),
    # Kinds of numbers.
    Explanation(
        ("RuntimeError",),
        "mean\\(\\): could not infer output dtype",
        "A mean needs floating-point numbers, and these are integers or booleans. Convert them first: `.double()`, "
        "or the dtype of an input.",
    ),
    Explanation(
        _UNSUPPORTED,
        '"bitwise_xor[^"]*" not implemented',
        "In Python `^` does not mean a power, which is written with two asterisks: `x ** 2`.",
    ),
    Explanation(
        ("TypeError",),
        r"unsupported operand type\(s\) for \^",
        "In Python `^` does not mean a power, which is written with two asterisks: `x ** 2`.",
    ),
    Explanation(
        _UNSUPPORTED,
        '"bitwise_(?:and|or)[^"]*" not implemented',
        "`&` and `|` join conditions, element by element, and here they meet numbers. Put each comparison in parentheses, "
        "or use a product with a mask.",
    ),
    Explanation(
        _UNSUPPORTED,
        f'"[^"]+" not implemented for \'{_NUMBERS}\'',
        "This operation needs floating-point numbers, and its input has integers or booleans. Convert them first.",
    ),
    Explanation(
        ("RuntimeError",),
        "result type \\w+ can't be cast to the desired output type",
        "An operation in place keeps the dtype of its target, which cannot hold this result. Make a new tensor instead.",
    ),
    Explanation(
        ("RuntimeError",),
        "to have the same dtype|expected scalar type|must have the same dtype",
        "Two tensors of different dtypes meet. Make new ones in the dtype of the input: `dtype=X.dtype`, `torch.zeros_like(X)`.",
    ),
    Explanation(
        ("IndexError", "RuntimeError"),
        "tensors used as indices must be|Expected dtype int.* for index",
        "An index has to be an integer, or a mask of booleans. Convert it: `.long()`.",
    ),
    Explanation(
        ("RuntimeError", "ValueError", "TypeError"),
        "only one element tensors can be converted|with \\d+ elements cannot be converted to Scalar|"
        "only (?:length-1|0-dimensional) arrays can be converted",
        "`float`, `int`, `.item()` and the functions of `math` take a single number, and this is a tensor with several. "
        "PyTorch's own functions, like `torch.exp`, treat all elements.",
    ),
    Explanation(
        ("TypeError",),
        r"(\w+)\(\): argument '(\w+)' \(position \d+\) must be Tensor, not (int|float|bool)",
        r"`torch.\1` wants a tensor for `\2`, and it got a plain number.",
    ),
    Explanation(
        ("TypeError",),
        r"(\w+)\(\): argument '(\w+)' \(position \d+\) must be Tensor, not (?:numpy\.)?ndarray",
        r"`torch.\1` wants a tensor for `\2`, and it got NumPy's array. Stay with tensors throughout.",
    ),
    Explanation(
        ("TypeError",),
        r"(\w+)\(\): argument '(\w+)' \(position \d+\) must be Tensor, not (list|tuple)",
        r"`torch.\1` wants a tensor for `\2`, and it got a \3. `torch.stack` makes one tensor of several equal ones.",
    ),
    Explanation(
        ("TypeError",),
        r"(\w+)\(\) received an invalid combination of arguments - got \(([^()]*)\)",
        r"`\1` cannot be called with (\2). Look at the order and the kinds: a tensor comes first, and a plain number is not a tensor.",
    ),
    Explanation(
        ("TypeError",),
        r"(\w+)\(\) got an unexpected keyword argument '(\w+)'",
        r"`\1` has no argument that is called `\2`.",
    ),
    Explanation(
        ("TypeError",),
        r"expected np\.ndarray \(got Tensor\)",
        "This is a tensor already: there is nothing to convert.",
    ),
    Explanation(
        ("RuntimeError",),
        "Index put requires the source and destination dtypes match",
        "What is assigned has another dtype than the tensor that it is written into. Make both alike: `.to(X.dtype)`.",
    ),
    Explanation(
        ("TypeError",),
        "'float' object cannot be interpreted as an integer",
        "A count or an index has to be an integer. `/` always gives a fraction; `//` divides whole numbers.",
    ),
    Explanation(
        ("TypeError",),
        "only integer tensors of a single element can be converted to an index",
        "A tensor stands where a whole number belongs: as a count, an index, or beside a string or a list in a product. "
        "Unpacking a dict gives its keys, which are strings.",
    ),
    Explanation(
        ("ValueError",),
        "math domain error",
        "A function of `math` has no value here, such as the root or the logarithm of a negative number.",
    ),
    # Autograd.
    Explanation(
        ("RuntimeError",),
        "leaf Variable that requires grad is being used in an in-place|view of a leaf Variable that requires grad",
        "Autograd refuses to have a parameter changed in place while it records. Put the change under `with torch.no_grad():`.",
    ),
    Explanation(
        ("RuntimeError",),
        "does not require grad and does not have a grad_fn",
        "There is nothing to go back through: the loss does not depend on a parameter that autograd watches. "
        "`.item()`, `.detach()`, `.data`, `torch.no_grad()` and `torch.tensor(...)` cut that connection.",
    ),
    Explanation(
        ("RuntimeError",),
        "backward through the graph a second time",
        "`backward` was called twice on one result. Each batch needs a forward pass of its own before it.",
    ),
    Explanation(
        ("RuntimeError",),
        "grad can be implicitly created only for scalar outputs",
        "`backward` starts from a single number, and this loss has several. Take their mean first.",
    ),
    Explanation(
        ("RuntimeError",),
        "needed for gradient computation has been modified by an inplace operation",
        "A tensor was changed in place that autograd still needs: by `+=`, by `x[...] =`, or by a step before `backward()`.",
    ),
    Explanation(
        ("RuntimeError",),
        "Can't call numpy\\(\\) on Tensor that requires grad",
        "NumPy knows nothing of autograd. Stay with tensors throughout, and the result can be differentiated.",
    ),
    Explanation(
        ("ValueError",),
        "optimizer got an empty parameter list",
        "The network shows no parameters. Layers in a Python list are not seen: use `nn.Sequential` or `nn.ModuleList`.",
    ),
    Explanation(
        ("TypeError",),
        "'list' object is not callable",
        "A list cannot be called. Layers in a list become one network with `nn.Sequential(*layers)`.",
    ),
    Explanation(
        ("TypeError",),
        r"cannot assign '[\w.]+' as parameter '(\w+)'",
        r"A parameter cannot be replaced by a plain tensor, and should not be replaced at all: write into `\1`, with "
        "`copy_` or `uniform_` under `torch.no_grad()`.",
    ),
    Explanation(
        ("TypeError",),
        "Variable data has to be a tensor, but got (?:numpy\\.)?ndarray",
        "A parameter holds a tensor, and this is NumPy's array. Draw with PyTorch, and write with `copy_` or `uniform_`.",
    ),
    Explanation(
        ("AttributeError",),
        r"'(?!Linear|NoneType)([A-Z]\w+)' object has no attribute '(weight|bias|in_features|out_features)'",
        r"A layer of type \1 has no `\2`. Ask first what a layer is: `isinstance(layer, nn.Linear)`.",
    ),
    Explanation(
        ("AttributeError", "TypeError"),
        r"'Linear' object has no attribute '(?!W1|b1|W2|b2|num_hiddens)\w+'|must be Tensor, not Linear",
        "A layer stands where its weights should: `layer.weight` and `layer.bias` are the tensors.",
    ),
    Explanation(
        ("RuntimeError",),
        r"uniform_ expects to return a \[from, to\) range, but found from=(\S+) > to=(\S+)",
        r"`uniform_` takes the two ends of an interval, the lower one first, and here they are \1 and \2. A mean and a deviation "
        "belong to `normal_`.",
    ),
    # Missing values.
    Explanation(
        ("TypeError",),
        "'NoneType' object is not callable",
        "`None` is called. Where a function is handed over, as in `net.apply(f)`, its name stands without parentheses.",
    ),
    Explanation(
        ("TypeError", "AttributeError"),
        "NoneType",
        "Something is `None` here: a function without `return`, a place that was never filled, or a gradient that `backward` "
        "has not made yet.",
    ),
    # Calls.
    Explanation(
        ("TypeError",),
        r"(\S+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)",
        r"`\1` was called without \2.",
    ),
    Explanation(
        ("TypeError",),
        r"(\S+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) given",
        r"`\1` takes \2 arguments and was called with \3. If it is a function of this exercise, its line `def` stays as it was.",
    ),
    Explanation(
        ("ValueError",),
        r"too many values to unpack \(expected (\d+)",
        r"There are more values on the right than the \1 names on the left of the equals sign.",
    ),
    Explanation(
        ("ValueError",),
        r"not enough values to unpack \(expected (?:at least )?(\d+), got (\d+)\)",
        r"There are \1 names on the left of the equals sign, and \2 values on the right.",
    ),
    Explanation(
        ("TypeError",),
        "iteration over a 0-d (?:tensor|array)|cannot unpack non-iterable (?:float|int)",
        "One number is taken apart, or gone through, as if there were several. What does the function on the right return?",
    ),
    Explanation(
        ("TypeError",),
        "torch\\.return_types\\.(\\w+)",
        r"With an axis, `torch.\1` returns two things: the values and where they were. Take the values with `.values`.",
    ),
    Explanation(
        ("AttributeError",),
        r"'torch\.return_types\.(\w+)' object has no attribute",
        r"With an axis, `torch.\1` returns two things: `.values`, and `.indices`, where they were. Take the one that you need.",
    ),
    Explanation(
        ("TypeError",),
        r"object of type '(?:generator|map|zip)' has no len|'generator' object is not subscriptable",
        "A generator has no length and no entries to pick: it gives one thing after the other, once. Count as you go.",
    ),
    Explanation(
        ("AttributeError",),
        r"'(?!dict')\w+' object has no attribute '(W1|b1|W2|b2|num_hiddens)'",
        r"Not every network has a `\1`. `model.parameters()` gives the parameters of any module, whatever they are called.",
    ),
    Explanation(
        ("OverflowError",),
        "math range error",
        "A number is too large for this operation: Python's `math.exp` raises where `torch.exp` gives infinity. "
        "Take exp of a negative number only.",
    ),
    Explanation(
        ("TypeError", "AttributeError"),
        "builtin_function_or_method|'method'|'function' and|and 'function'",
        "A function stands where its result should: the parentheses of the call are missing, as in `X.sum` for `X.sum()`.",
    ),
    Explanation(
        ("TypeError",),
        "'Tensor' object is not callable",
        "A tensor cannot be called. Between a name and a parenthesis an operator is missing, or square brackets are meant.",
    ),
    Explanation(
        ("TypeError",),
        "can't multiply sequence by non-int|unsupported operand type\\(s\\) for [^:]+: '(?:list|tuple)'|and '(?:list|tuple)'",
        "A list does not calculate element by element. Make a tensor of it first.",
    ),
    # Names.
    Explanation(
        ("UnboundLocalError",),
        "variable '(\\w+)'",
        r"`\1` is used before it has a value: on this way through the function nothing was assigned to it.",
    ),
    Explanation(
        ("NameError",),
        "name 'self' is not defined",
        "`self` is the object of a method, and this is a plain function: call others by their names.",
    ),
    Explanation(
        ("NameError",),
        "name '(\\w+)' is not defined",
        r"Nothing is called `\1` here. Is it spelled otherwise, or was the cell that makes it not run?",
    ),
    Explanation(
        ("KeyError",),
        "(.+)",
        r"The dict has no entry \1. Which ones it has is said in the docstring; capital letters count.",
    ),
    Explanation(
        ("AttributeError",),
        r"'Tensor' object has no attribute '(astype|copy)'",
        r"`.\1` is NumPy's. A tensor is converted with `.to(dtype)` and copied with `.clone()`.",
    ),
    Explanation(
        ("AttributeError",),
        r"'Tensor' object has no attribute '(\w+)'",
        r"A tensor has no `.\1`. Is it spelled otherwise, or is it from another library?",
    ),
    Explanation(
        ("AttributeError",),
        r"'(?:numpy\.)?ndarray' object has no attribute '(\w+)'",
        r"This is NumPy's array, which has no `\1`. Stay with tensors throughout.",
    ),
    Explanation(
        ("AttributeError",),
        r"'(float|int|bool)' object has no attribute '(\w+)'",
        r"`.\2` belongs to a tensor, and this is a plain number.",
    ),
    Explanation(
        ("AttributeError",),
        "module 'torch' has no attribute '(\\w+)'",
        r"PyTorch has no `torch.\1`. Other libraries may call it so: look for its name in PyTorch.",
    ),
    Explanation(
        ("AttributeError",),
        "module '([\\w.]+)' has no attribute '(\\w+)'",
        r"`\1` has no `\2`. Is it spelled otherwise, or is it from another library?",
    ),
    Explanation(
        ("AttributeError",),
        r"'(list|tuple)' object has no attribute '(\w+)'",
        r"A \1 has no `\2`: it holds several things. Take one of them, or make a tensor of all.",
    ),
    Explanation(
        ("TypeError",),
        r"(zeros|ones|empty|full|randn|rand)\(\): argument 'size' \(position \d+\) must be tuple of ints, not Tensor",
        r"`torch.\1` wants a shape, and it got a tensor. `torch.\1_like` makes one in the shape and dtype of another.",
    ),
    Explanation(
        ("AttributeError",),
        r"'dict' object has no attribute '(\w+)'",
        r"The entries of a dict are read with brackets: `...['\1']` where it says `....\1`.",
    ),
    Explanation(
        ("TypeError",),
        r"unsupported operand type\(s\) for [^:]+: .*'str'",
        "A name stands where a tensor should. Going through a dict, or unpacking it, gives its keys; `d[key]` is what belongs to one.",
    ),
    Explanation(
        ("RuntimeError",),
        "both arguments to matmul need to be at least 1D",
        "A matrix product meets a single number. Where was a vector or a matrix taken apart, or added to a list with `+=`?",
    ),
    Explanation(
        ("RecursionError",),
        "",
        "The function calls itself without an end.",
    ),
    Explanation(
        ("ZeroDivisionError",),
        "",
        "It divides by zero for this input: by a count that is still 0, or by an index, which starts at 0?",
    ),
    Explanation(
        ("RuntimeError",),
        "Expected all tensors to be on the same device",
        "Two tensors on different devices meet. Make new ones on the device of the input: `device=X.device`.",
    ),
    Explanation(
        ("TypeError",),
        "expected Tensor as element \\d+ in argument 0, but got (\\w+)",
        r"`torch.stack` and `torch.cat` want a list of tensors, and one of its entries is of type \1.",
    ),
)
