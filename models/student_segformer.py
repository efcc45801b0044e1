"""student-segformer: a SegFormer (Xie et al. 2021) of about a million parameters.

Overlapping patch embeddings, attention over spatially reduced keys, a depthwise convolution instead of position
encodings, and a decoder of 1x1 convolutions only.
"""

from typing import List

import torch
from torch import Tensor, nn

from contract import Classifier, Output, SegmentationModel, conv_bn, resize


class PatchEmbedding(nn.Module):
    """Overlapping patches: [N,C,h,w] -> [N,D,ceil(h/stride),ceil(w/stride)], normalized over D."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int):
        super().__init__()
        self.project = nn.Conv2d(cin, cout, kernel, stride, kernel // 2)
        self.norm = nn.LayerNorm(cout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.project(x)
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Attention(nn.Module):
    """Self-attention whose keys and values are on a grid that is `reduction` times coarser."""

    def __init__(self, channels: int, heads: int, reduction: int):
        super().__init__()
        self.heads = heads
        self.scale = (channels // heads) ** -0.5
        self.query = nn.Linear(channels, channels)
        self.key_value = nn.Linear(channels, 2 * channels)
        self.reduce = nn.Conv2d(channels, channels, reduction, reduction) if reduction > 1 else nn.Identity()
        self.norm = nn.LayerNorm(channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        n, length, channels = tokens.size(0), tokens.size(1), tokens.size(2)
        grid = self.reduce(tokens.transpose(1, 2).reshape(n, channels, height, width))
        context = self.norm(grid.flatten(2).transpose(1, 2))
        q = self.query(tokens).reshape(n, length, self.heads, channels // self.heads).transpose(1, 2)
        kv = self.key_value(context).reshape(n, -1, 2, self.heads, channels // self.heads).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(torch.matmul(q, kv[0].transpose(2, 3)) * self.scale, -1)
        mixed = torch.matmul(weights, kv[1]).transpose(1, 2).reshape(n, length, channels)
        return self.out(mixed)


class MixFfn(nn.Module):
    """Two linear maps around a 3x3 depthwise convolution, which gives a token its position."""

    def __init__(self, channels: int, ratio: int):
        super().__init__()
        hidden = channels * ratio
        self.expand = nn.Conv2d(channels, hidden, 1)
        self.mix = nn.Conv2d(hidden, hidden, 3, 1, 1, groups=hidden)
        self.shrink = nn.Conv2d(hidden, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.shrink(torch.nn.functional.gelu(self.mix(self.expand(x))))


class Block(nn.Module):
    def __init__(self, channels: int, heads: int, reduction: int, ratio: int):
        super().__init__()
        self.before_attention = nn.LayerNorm(channels)
        self.attention = Attention(channels, heads, reduction)
        self.before_ffn = nn.LayerNorm(channels)
        self.ffn = MixFfn(channels, ratio)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.size(2), x.size(3)
        tokens = x.flatten(2).transpose(1, 2)
        tokens = tokens + self.attention(self.before_attention(tokens), height, width)
        grid = self.before_ffn(tokens).transpose(1, 2).reshape(x.size(0), x.size(1), height, width)
        return tokens.transpose(1, 2).reshape(x.size(0), x.size(1), height, width) + self.ffn(grid)


class StudentSegformer(SegmentationModel):
    """logits at stride 4, features (96 channels, the decoder's fused map) at stride 8."""

    def __init__(self, classes: int, fused: int = 96):
        super().__init__()
        self.embed1, self.stage1 = PatchEmbedding(3, 24, 7, 4), Block(24, 1, 8, 2)
        self.embed2, self.stage2 = PatchEmbedding(24, 48, 3, 2), nn.Sequential(Block(48, 2, 4, 4), Block(48, 2, 4, 4))
        self.embed3, self.stage3 = PatchEmbedding(48, 96, 3, 2), nn.Sequential(Block(96, 3, 2, 4), Block(96, 3, 2, 4))
        self.embed4, self.stage4 = PatchEmbedding(96, 144, 3, 2), nn.Sequential(Block(144, 4, 1, 2), Block(144, 4, 1, 2))
        self.from1 = nn.Conv2d(24, 64, 1)
        self.from2 = nn.Conv2d(48, fused, 1)
        self.from3 = nn.Conv2d(96, fused, 1)
        self.from4 = nn.Conv2d(144, fused, 1)
        self.fuse = nn.Sequential(nn.BatchNorm2d(fused), nn.ReLU(inplace=True))
        self.from_fused = nn.Conv2d(fused, 64, 1)
        self.mix = nn.Sequential(nn.BatchNorm2d(64), nn.ReLU(inplace=True))
        self.classifier = Classifier(64, classes)

    def forward(self, x: Tensor) -> Output:
        f1 = self.stage1(self.embed1(x))
        f2 = self.stage2(self.embed2(f1))
        f3 = self.stage3(self.embed3(f2))
        f4 = self.stage4(self.embed4(f3))
        h, w = f2.size(2), f2.size(3)
        features = self.fuse(self.from2(f2) + resize(self.from3(f3), h, w) + resize(self.from4(f4), h, w))
        fine = self.from1(f1) + resize(self.from_fused(features), f1.size(2), f1.size(3))
        return self.classifier(self.mix(fine)), features
