"""Settings of the stock nbgrader tools for this course; `nbgrader` reads this file in the folder where it is called."""

import os
import re
import sys
from pathlib import Path

from grading.engine.conversion import take_in_submissions

c = get_config()  # noqa: F821 - traitlets puts this name here when it reads the file

# The course: source/, release/, submitted/, autograded/ and feedback/ stand beside this file.
c.CourseDirectory.course_id = "mlp-course"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# The gradebook: gradebook.db in this folder, or any SQLAlchemy address, such as postgresql://host/mlp.
if os.environ.get("MLP_COURSE_DB_URL"):
    # Hosting services hand out addresses that begin with postgres://, which SQLAlchemy no longer takes.
    c.CourseDirectory.db_url = re.sub(r"^postgres://", "postgresql://", os.environ["MLP_COURSE_DB_URL"])

# nbgrader starts `alembic`, which makes the gradebook, by its bare name: let it find the one beside this interpreter, also
# where the environment is not activated, as in `.venv/bin/nbgrader autograde 02-activations`.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

# What stands where an answer was; grading/build writes the same into notebooks/.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# What is done to a submission before it is run: nbgrader's own list, and before it what makes text of characters that are none.
c.Autograde.sanitize_preprocessors = [
    "grading.engine.stock.preprocessors.WholeText",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# How submissions are run: nbgrader's own list with two of ours in place of its own. SandboxedExecute starts kernels in a sandbox,
# judges checks from outside of it, has one time budget for a notebook instead of one for each cell, bounds output and
# replaces a kernel that dies; a library's warning on stderr costs no points. SaveAutoGrades leaves a check that failed itself to a person.
c.Autograde.autograde_preprocessors = [
    "grading.engine.stock.preprocessors.SandboxedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "grading.engine.stock.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# A lesson's results are written by one run at a time, ours or nbgrader's own, and what is wrong with one submission does not
# keep the others.
c.GenerateAssignment.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"
c.Autograde.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"
# Submissions are read as `python -m grading autograde` reads them, whatever their files are called and hold.
take_in_submissions(c)
# Seconds for all cells of a notebook together, under `nbgrader autograde`; `python -m grading autograde` has --seconds.
c.SandboxedExecute.time_budget = 120.0
# Where nothing can isolate a submission (macOS, Windows, some containers), grading stops and says so. True goes on all the
# same: every submission then runs with your own rights and can read and change all of your files.
c.SandboxedExecute.unsafe_no_sandbox = False

# `nbgrader zip_collect` reads the downloads of Canvas, Moodle and Brightspace; see docs/lms.md.
c.ZipCollectApp.extractor_plugin = "grading.lms.collector.DownloadExtractor"
c.ZipCollectApp.collector_plugin = "grading.lms.collector.DownloadCollector"

# What a browser shows of submissions, in feedback and in formgrader: cleaned, so that nothing in them runs there. Feedback
# tells of hidden checks the property that failed, neither their code nor the input.
c.HTMLExporter.filters = {"markdown2html": "grading.engine.feedback.safe_html.markdown2html"}
c.HTMLExporter.preprocessors = ["grading.engine.feedback.safe_html.SafeOutputs"]
c.GenerateFeedback.HTMLExporter.preprocessors = [
    "grading.engine.feedback.safe_html.HideHiddenChecks",
    "grading.engine.feedback.safe_html.SafeOutputs",
]
# A student's page: each answer with its verdict and a hint, the lesson folded around them; it runs no scripts and loads nothing.
c.GenerateFeedback.exporter_class = "grading.engine.feedback.page.FeedbackPage"

# In formgrader's server, which has read its own handlers by now: nothing that was handed in is served as one of its pages.
if "nbgrader.server_extensions.formgrader.handlers" in sys.modules:
    from grading.engine.stock.formgrader import confine_submissions

    confine_submissions()
