"""attention-teacher: transformer blocks between a pre-trained encoder and its decoder: the initial model of a teacher.

    python attention_teacher.py --teacher start/espnetv2-teacher.json --size 320x240 --out start

writes `attention-teacher.pt` and its card, for `reflux pretrain`; neither is committed. It starts from an `espnetv2-teacher`, as
it was exported or after a fine-tuning. In the blocks, each place of the stride-16 map attends to all others. Their last layers
are zero at first, so the file's logits are those of the teacher that it starts from; the file is written only if they are.
"""

import argparse
import json
from pathlib import Path
from typing import List

import torch
from torch import Tensor, nn

from contract import Output, SegmentationModel
from espnetv2 import PROJECTED, Decoder, Encoder
from espnetv2_teacher import GroupedClassifier
from export import frame_size, write
from student_segformer import Block

NAME = "attention-teacher"
CHANNELS, HEADS = 512, 8


class AttentionTeacher(SegmentationModel):
    """logits at stride 2, features (the 512 channels after the last block) at stride 16.

    The blocks are pre-norm. Position comes from their zero-padded depthwise convolutions and those of the encoder, so any size
    of frame is suitable.
    """

    def __init__(self, members: List[int], blocks: int):
        super().__init__()
        self.encoder = Encoder()
        self.blocks = nn.Sequential(*(Block(CHANNELS, HEADS, reduction=1, ratio=2) for _ in range(blocks)))
        self.decoder = Decoder()
        self.classifier = GroupedClassifier(PROJECTED, members)
        for block in self.blocks:
            for last in [block.attention.out, block.ffn.shrink]:
                nn.init.zeros_(last.weight)
                nn.init.zeros_(last.bias)

    def forward(self, x: Tensor) -> Output:
        half, quarter, eighth, coarse = self.encoder(x)
        features = self.blocks(coarse)
        return self.classifier(self.decoder(half, quarter, eighth, features)), features


@torch.no_grad()
def load(model: AttentionTeacher, teacher: torch.jit.ScriptModule) -> None:
    """Loads all layers except the blocks. Another tensor that is missing or left over, and a difference, are errors."""
    missing, left = model.load_state_dict(teacher.state_dict(), strict=False)
    strange = [name for name in missing if not name.startswith("blocks.")] + left
    if strange:
        raise SystemExit(f"The teacher is no espnetv2-teacher: {strange[:3]}")
    x = torch.randn(1, 3, 180, 244, generator=torch.Generator().manual_seed(1))
    difference = (model.eval()(x)[0] - teacher.eval()(x)[0]).abs().max().item()
    print(f"the logits of both differ by {difference:.1e}")
    if not difference <= 1e-4:
        raise SystemExit("The logits differ from the teacher's; no file was written.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, required=True, metavar="CARD", help="card of an espnetv2-teacher")
    parser.add_argument("--size", type=frame_size, default="480x360", metavar="WxH", help="input size on the card (default: %(default)s)")
    parser.add_argument("--blocks", type=int, default=2, choices=range(1, 9), metavar="N", help="transformer blocks, 1 to 8 (default: %(default)s)")
    parser.add_argument("--name", default=NAME, help="name of both files (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the blocks' weights (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for model and card")
    args = parser.parse_args()
    try:
        card = json.loads(args.teacher.read_text())
    except (OSError, ValueError) as e:
        raise SystemExit(f"--teacher {args.teacher} is no card: {e}")
    teacher = torch.jit.load(str(args.teacher.parent / card["file"]), map_location="cpu")

    torch.manual_seed(args.seed)
    model = AttentionTeacher(list(teacher.classifier.members), args.blocks)
    load(model, teacher)
    args.out.mkdir(parents=True, exist_ok=True)
    text = f"{args.blocks} untrained transformer blocks in {card['name']}"
    write(args.out, args.name, "teacher", model, card["labelSchema"], args.size, text, licence=card["licence"])


if __name__ == "__main__":
    main()
