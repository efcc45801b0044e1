"""student-cnn with its features from another stage, to compare stages as the input of a projection head.

    python feature_stage.py --stage coarse --out stages

writes `student-cnn-coarse.pt` and its card; neither is committed. The layers and their order are those of student-cnn, so a
seed draws the same weights. Stages: `middle` (72 channels, stride 8, before the encoder's last stage) and `coarse` (128 channels, stride
16, the encoder's end); student-cnn itself returns the map that fuses both (96 channels, stride 8).
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from export import read_schema, write
from student_cnn import StudentCnn


class Middle(StudentCnn):
    def features(self, middle: Tensor, coarse: Tensor, fused: Tensor) -> Tensor:
        return middle


class Coarse(StudentCnn):
    def features(self, middle: Tensor, coarse: Tensor, fused: Tensor) -> Tensor:
        return coarse


STAGES = {"middle": Middle, "coarse": Coarse}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", required=True, choices=sorted(STAGES))
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for model and card")
    args = parser.parse_args()
    schema = read_schema("cityscapes-19")
    torch.manual_seed(20260401)
    args.out.mkdir(parents=True, exist_ok=True)
    model = STAGES[args.stage](len(schema["classes"]))
    text = f"Residual CNN, untrained; features of the {args.stage} stage"
    write(args.out, f"student-cnn-{args.stage}", "student", model, schema, (480, 360), text)


if __name__ == "__main__":
    main()
