"""ESPNetv2 s2.0 for segmentation with Cityscapes weights (Mehta et al., CVPR 2019, and the decoder of EdgeNets).

The weights are a PyTorch state dict of 20 outputs: Cityscapes' 19 classes in the order of their train ids, and the background.
They expect RGB / 255, normalized with ImageNet's mean and deviation. The modules have the names that the state dict has.
"""

import math
import re
from collections import OrderedDict
from pathlib import Path
from typing import List, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BRANCHES = 4
# Dilations of the four branches: in the levels 2 and 3 and at each reduction, and in level 4.
WIDE, NARROW = (1, 2, 3, 4), (1, 1, 2, 3)
SCALES = (2.0, 1.5, 1.0, 0.5, 0.1)
CLASSES = 20
PROJECTED = 10


def align(x: Tensor, height: int, width: int) -> Tensor:
    """Bilinear with aligned corners, as in the training of the weights."""
    return torch.ops.aten.upsample_bilinear2d(x, [height, width], True, None, None)


def conv_norm(cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True) -> nn.Sequential:
    layers = OrderedDict(
        conv=nn.Conv2d(cin, cout, kernel, stride, kernel // 2, 1, groups, bias=False),
        bn=nn.BatchNorm2d(cout),
    )
    if act:
        layers["act"] = nn.PReLU(cout)
    return nn.Sequential(layers)


class Eesp(nn.Module):
    """Extremely efficient spatial pyramid: a grouped reduction, dilated depthwise branches of which each adds the one before,
    and a grouped expansion. With stride 1, the input is added and the sum is activated."""

    def __init__(self, cin: int, cout: int, stride: int, dilations: Tuple[int, ...]):
        super().__init__()
        self.residual = stride == 1
        n = cout // BRANCHES
        self.proj_1x1 = conv_norm(cin, n, 1, groups=BRANCHES)
        self.spp_dw = nn.ModuleList(
            nn.Sequential(OrderedDict(conv=nn.Conv2d(n, n, 3, stride, d, d, n, bias=False))) for d in dilations
        )
        self.br_after_cat = nn.Sequential(OrderedDict(bn=nn.BatchNorm2d(cout), act=nn.PReLU(cout)))
        self.conv_1x1_exp = conv_norm(cout, cout, 1, groups=BRANCHES, act=False)
        self.module_act = nn.PReLU(cout) if self.residual else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        reduced = self.proj_1x1(x)
        maps: List[Tensor] = []
        for branch in self.spp_dw:
            y = branch(reduced)
            maps.append(y + maps[-1] if len(maps) > 0 else y)
        y = self.conv_1x1_exp(self.br_after_cat(torch.cat(maps, 1)))
        return self.module_act(y + x) if self.residual else y


class Reduction(nn.Module):
    """Halves the map: the pooled input beside a strided unit, plus a projection of the frame at the same size."""

    def __init__(self, cin: int, cout: int, halvings: int):
        super().__init__()
        self.halvings = halvings
        self.eesp = Eesp(cin, cout - cin, 2, WIDE)
        self.inp_reinf = nn.Sequential(conv_norm(3, 3, 3), conv_norm(3, cout, 1, act=False))
        self.act = nn.PReLU(cout)

    def forward(self, x: Tensor, frame: Tensor) -> Tensor:
        for _ in range(self.halvings):
            frame = F.avg_pool2d(frame, 3, 2, 1)
        halved = torch.cat([F.avg_pool2d(x, 3, 2, 1), self.eesp(x)], 1)
        return self.act(halved + self.inp_reinf(frame))


class Encoder(nn.Module):
    """Maps of 32, 128, 256 and 512 channels at strides 2, 4, 8 and 16."""

    def __init__(self):
        super().__init__()
        self.level1 = conv_norm(3, 32, 3, 2)
        self.level2_0 = Reduction(32, 128, 2)
        self.level3_0 = Reduction(128, 256, 3)
        self.level3 = nn.Sequential(*(Eesp(256, 256, 1, WIDE) for _ in range(3)))
        self.level4_0 = Reduction(256, 512, 4)
        self.level4 = nn.Sequential(*(Eesp(512, 512, 1, NARROW) for _ in range(7)))

    def forward(self, frame: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        half = self.level1(frame)
        quarter = self.level2_0(half, frame)
        eighth = self.level3(self.level3_0(quarter, frame))
        return half, quarter, eighth, self.level4(self.level4_0(eighth, frame))


class AtScale(nn.Conv2d):
    """A depthwise 3x3 convolution of the map at another scale, of 5x5 places or more; the result has the size of the map."""

    def __init__(self, channels: int, scale: float):
        super().__init__(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.size(2), x.size(3)
        rows = max(5, int(math.ceil(height * self.scale)))
        columns = max(5, int(math.ceil(width * self.scale)))
        if self.scale < 1.0:
            y = self._conv_forward(F.adaptive_avg_pool2d(x, [rows, columns]), self.weight, self.bias)
            return align(y, height, width)
        if self.scale > 1.0:
            y = self._conv_forward(align(x, rows, columns), self.weight, self.bias)
            return F.adaptive_avg_pool2d(y, [height, width])
        return self._conv_forward(x, self.weight, self.bias)


class Interleave(nn.Module):
    """Puts the channels of the scales beside each other, so that a group has all scales of one channel."""

    def __init__(self, scales: int):
        super().__init__()
        self.scales = scales

    def forward(self, x: Tensor) -> Tensor:
        return x.unflatten(1, [self.scales, -1]).transpose(1, 2).flatten(1, 2)


class Pyramid(nn.Module):
    """A projection to few channels, one convolution for each scale, and their mixture.

    :param cout: the channels of a last convolution, normalized and activated; 0: the mixture itself, of 10 channels
    """

    def __init__(self, cin: int, cout: int = 0):
        super().__init__()
        n, joined = PROJECTED, PROJECTED * len(SCALES)
        self.projection_layer = nn.Sequential(nn.Conv2d(cin, n, 1, bias=False), nn.BatchNorm2d(n), nn.PReLU(n))
        self.stages = nn.ModuleList(AtScale(n, scale) for scale in SCALES)
        self.merge_layer = nn.Sequential(
            nn.Sequential(nn.BatchNorm2d(joined), nn.PReLU(joined)),
            Interleave(len(SCALES)),
            nn.Sequential(nn.Conv2d(joined, n, 3, 1, 1, 1, n, bias=False), nn.BatchNorm2d(n), nn.PReLU(n)),
            nn.Conv2d(n, cout, 1, bias=False) if cout else nn.Identity(),
        )
        self.br = nn.Sequential(nn.BatchNorm2d(cout), nn.PReLU(cout)) if cout else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        projected = self.projection_layer(x)
        maps: List[Tensor] = []
        for stage in self.stages:
            maps.append(stage(projected))
        return self.br(self.merge_layer(torch.cat(maps, 1)))


class Merge(nn.Module):
    """A map of the encoder for the decoder: a grouped convolution, each channel weighted by the mean of the frame."""

    def __init__(self, cin: int, cout: int):
        super().__init__()
        self.wt_layer = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(cin, cout, 1, bias=False), nn.Sigmoid())
        self.expansion_layer = nn.Sequential(
            nn.Conv2d(cin, cout, 3, 1, 1, 1, math.gcd(cin, cout), bias=False), nn.BatchNorm2d(cout), nn.PReLU(cout)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.expansion_layer(x) * self.wt_layer(x)


class Decoder(nn.Module):
    """A map of 10 channels at stride 2."""

    def __init__(self):
        super().__init__()
        self.bu_dec_l1 = Pyramid(512, 64)
        self.bu_dec_l2 = Pyramid(64, 48)
        self.bu_dec_l3 = Pyramid(48, 32)
        self.bu_dec_l4 = Pyramid(32)
        self.merge_enc_dec_l2 = Merge(256, 64)
        self.merge_enc_dec_l3 = Merge(128, 48)
        self.merge_enc_dec_l4 = Merge(32, 32)
        self.bu_br_l2 = nn.Sequential(nn.BatchNorm2d(64), nn.PReLU(64))
        self.bu_br_l3 = nn.Sequential(nn.BatchNorm2d(48), nn.PReLU(48))
        self.bu_br_l4 = nn.Sequential(nn.BatchNorm2d(32), nn.PReLU(32))

    def forward(self, half: Tensor, quarter: Tensor, eighth: Tensor, coarse: Tensor) -> Tensor:
        y = align(self.bu_dec_l1(coarse), eighth.size(2), eighth.size(3))
        y = self.bu_dec_l2(self.bu_br_l2(y + self.merge_enc_dec_l2(eighth)))
        y = align(y, quarter.size(2), quarter.size(3))
        y = self.bu_dec_l3(self.bu_br_l3(y + self.merge_enc_dec_l3(quarter)))
        y = align(y, half.size(2), half.size(3))
        return self.bu_dec_l4(self.bu_br_l4(y + self.merge_enc_dec_l4(half)))


def read_weights(file: Path) -> dict:
    """Returns the tensors by the names that the modules have: `encoder.`, `decoder.` and `classifier.`."""
    if not file.is_file():
        raise SystemExit(f"There is no file {file}.")
    named = {}
    for key, tensor in torch.load(file, map_location="cpu", weights_only=True).items():
        # The strided units have an activation that the network does not apply.
        if re.search(r"_0\.eesp\.module_act\.", key):
            continue
        name = re.sub(r"\.c?br\.(\d)", r".\1", key)
        if name.startswith("bu_dec_l4.merge_layer.3."):
            name = name.replace("bu_dec_l4.merge_layer.3.", "classifier.")
        elif name.startswith("base_net."):
            name = name.replace("base_net.", "encoder.")
        else:
            name = f"decoder.{name}"
        named[name] = tensor
    return named
