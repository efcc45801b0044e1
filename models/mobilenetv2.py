"""MobileNetV2 with ImageNet weights as an encoder for teachers and students: its layers, its weights, and a check of both.

The weights are an archive of float32 arrays [out, in/groups, kh, kw] by name: `stem`, `block0` to `block16`
(each `expand`, `dw`, `project`), each `.conv.weight` and `.bn.{weight,bias,running_mean,running_var}`. They expect
RGB / 255, normalized with ImageNet's mean and deviation.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Expansion, output channels and stride of block0 to block16 (Sandler et al., MobileNetV2, table 2, a row for each block).
BLOCKS = (
    [(1, 16, 1), (6, 24, 2), (6, 24, 1), (6, 32, 2), (6, 32, 1), (6, 32, 1), (6, 64, 2), (6, 64, 1), (6, 64, 1)]
    + [(6, 64, 1), (6, 96, 1), (6, 96, 1), (6, 96, 1), (6, 160, 2), (6, 160, 1), (6, 160, 1), (6, 320, 1)]
)
# Blocks whose output leaves the encoder: at strides 4 and 8; the last one is at the output stride.
FINE, MIDDLE = 3, 6


class ConvNorm(nn.Module):
    """Convolution, normalization and, unless linear, ReLU6."""

    def __init__(
        self,
        cin: int,
        cout: int,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
        linear: bool = False,
    ):
        super().__init__()
        self.linear = linear
        self.conv = nn.Conv2d(cin, cout, kernel, stride, dilation * (kernel // 2), dilation, groups, bias=False)
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.conv(x))
        return y if self.linear else torch.clamp(y, 0.0, 6.0)


class InvertedResidual(nn.Module):
    def __init__(self, cin: int, cout: int, widening: int, stride: int, dilation: int, shortcut: bool):
        super().__init__()
        wide = cin * widening
        self.shortcut = shortcut
        self.expand = ConvNorm(cin, wide, 1)
        self.dw = ConvNorm(wide, wide, 3, stride, dilation, wide)
        self.project = ConvNorm(wide, cout, 1, linear=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.project(self.dw(self.expand(x)))
        return x + y if self.shortcut else y


class MobileNetV2(nn.Module):
    """Maps of 24 channels at stride 4, 32 at stride 8, and `channels` at the output stride.

    After the output stride, blocks have stride 1, and the blocks behind them are dilated instead. Every second (fourth)
    place of the map has the value of the original network.

    :param blocks: the number of blocks, of 17: 17 end with 320 channels; 13, all at stride 16 or less, end with 96
    """

    def __init__(self, output_stride: int = 16, blocks: int = len(BLOCKS)):
        super().__init__()
        self.blocks = blocks
        self.output_stride = output_stride
        self.stem = ConvNorm(3, 32, 3, stride=2)
        made, channels, reached, dilation = [], 32, 2, 1
        for i, (widening, cout, stride) in enumerate(BLOCKS[:blocks]):
            step = stride if reached < output_stride else 1
            shortcut = stride == 1 and channels == cout
            made.append((f"block{i}", InvertedResidual(channels, cout, widening, step, dilation, shortcut)))
            reached, dilation, channels = reached * step, dilation * (stride // step), cout
        self.channels = channels
        self.fine = nn.Sequential(OrderedDict(made[:FINE]))
        self.middle = nn.Sequential(OrderedDict(made[FINE:MIDDLE]))
        self.coarse = nn.Sequential(OrderedDict(made[MIDDLE:]))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        fine = self.fine(self.stem(x))
        middle = self.middle(fine)
        return fine, middle, self.coarse(middle)


def read_weights(file: Path) -> dict:
    if not file.is_file():
        raise SystemExit(f"There is no file {file}.")
    return dict(np.load(file))


@torch.no_grad()
def load(encoder: MobileNetV2, arrays: dict) -> None:
    """Loads ImageNet weights into an encoder and compares it with the archive's network. A missing array, an array of the
    encoder's blocks that is left over, and a difference are errors."""
    left = {key for key in arrays if key.split(".")[0] in {"stem"} | {f"block{i}" for i in range(encoder.blocks)}}
    for name, tensor in encoder.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        key = name if name.startswith("stem.") else name.split(".", 1)[1]
        if key not in arrays or arrays[key].shape != tuple(tensor.shape):
            raise SystemExit(f"The weights have no {key} of shape {tuple(tensor.shape)}; is this MobileNetV2 1.0?")
        tensor.copy_(torch.from_numpy(arrays[key]))
        left.discard(key)
    if left:
        raise SystemExit(f"The weights have more than MobileNetV2 1.0: {sorted(left)[:3]}")
    difference = check(encoder, arrays)
    print(f"encoder and archive differ by {difference:.1e} of the largest value")
    if not difference <= 1e-4:
        raise SystemExit("The encoder differs from the archive's network; no file was written.")


def original(arrays: dict, x: Tensor, blocks: int) -> Tensor:
    """The archive's network at its own strides, in plain functions, without the modules of this file: the reference of the check."""

    def conv(y: Tensor, key: str, stride: int = 1, linear: bool = False) -> Tensor:
        weight = torch.from_numpy(arrays[f"{key}.conv.weight"])
        gamma, beta, mean, var = (
            torch.from_numpy(arrays[f"{key}.bn.{part}"]).view(1, -1, 1, 1)
            for part in ["weight", "bias", "running_mean", "running_var"]
        )
        y = F.conv2d(y, weight, None, stride, weight.size(2) // 2, 1, y.size(1) // weight.size(1))
        y = gamma * (y - mean) / torch.sqrt(var + 1e-5) + beta
        return y if linear else y.clamp(0, 6)

    x = conv(x, "stem", 2)
    for i in range(blocks):
        y = conv(x, f"block{i}.expand")
        y = conv(y, f"block{i}.dw", 2 if i in (1, 3, 6, 13) else 1)
        y = conv(y, f"block{i}.project", linear=True)
        x = x + y if x.shape == y.shape else y
    return x


def check(encoder: MobileNetV2, arrays: dict) -> float:
    """Returns the largest difference from the original, relative to its largest value, for sides that are no multiple of 32."""
    x = torch.randn(2, 3, 180, 244, generator=torch.Generator().manual_seed(1))
    expected = original(arrays, x, encoder.blocks)
    stride = 32 if encoder.blocks > 13 else 16
    every = stride // encoder.output_stride
    actual = encoder.eval()(x)[2][:, :, ::every, ::every]
    encoder.train()
    if actual.shape != expected.shape:
        raise SystemExit(f"The encoder gives {tuple(actual.shape)} where the original gives {tuple(expected.shape)}.")
    return ((actual - expected).abs().max() / expected.abs().max()).item()
