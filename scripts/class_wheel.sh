#!/bin/sh
# Build the package that a class is given, without the hidden cases, the answers, the solutions, the drills and the images that decide of the exercises:
#   class_wheel.sh PYTHON FOLDER     PYTHON has hatchling; the wheel is written into FOLDER
set -eu

python=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

(cd "$here" && tar cf - --exclude=__pycache__ grading pyproject.toml README.md CHANGELOG.md LICENSE LICENSE-TEXT) | tar xf - -C "$copy"
find "$copy/grading/catalogue" \( -name hidden.py -o -name answers.py -o -name drills.toml -o -path '*/held_out/*' \) -delete
rm -r "$copy/grading/solutions"
(cd "$copy" && "$python" -m hatchling build -t wheel -d "$folder")
