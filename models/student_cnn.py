"""student-cnn: a residual CNN of about a million parameters, which trains fast on two CPU cores.

Plain 3x3 convolutions (depthwise ones use a CPU's vector units badly), early down-sampling, most weights at strides 8 and 16,
dilation for context, one fusion at stride 8, whose map is the input of the projection head.
"""

import torch
from torch import Tensor, nn

from contract import Classifier, Output, SegmentationModel, conv_bn, resize


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut: [N,C,h,w] -> [N,C,h,w]."""

    def __init__(self, channels: int, dilation: int = 1):
        super().__init__()
        self.first = conv_bn(channels, channels, dilation=dilation)
        self.second = nn.Conv2d(channels, channels, 3, 1, dilation, dilation, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.norm(self.second(self.first(x))))


class FusingStudent(SegmentationModel):
    """The decoder of an encoder with maps at strides 4, 8 and 16: one fusion at stride 8, one at stride 4, a classifier."""

    def add_decoder(self, classes: int, fine: int, middle: int, coarse: int, fused: int):
        """Takes the channels of the three maps and of the fusion. Call it after the encoder's layers, so that a seed draws those first."""
        self.context = nn.Conv2d(coarse, coarse, 1)
        self.from_coarse = conv_bn(coarse, fused, 1)
        self.from_middle = conv_bn(middle, fused, 1)
        self.from_fused = conv_bn(fused, 64, 1)
        self.from_fine = conv_bn(fine, 64, 1)
        self.classifier = Classifier(64, classes)

    def decode(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> Output:
        # The mean over the frame, added to every place: the cheapest form of context.
        coarse = coarse + self.context(coarse.mean([2, 3], keepdim=True))
        fused = self.from_middle(middle) + resize(self.from_coarse(coarse), middle.size(2), middle.size(3))
        mixed = self.from_fine(fine) + resize(self.from_fused(fused), fine.size(2), fine.size(3))
        return self.classifier(mixed), self.features(middle, coarse, fused)

    def features(self, middle: Tensor, coarse: Tensor, fused: Tensor) -> Tensor:
        """Returns the input of the projection head; `feature_stage.py` overrides it."""
        return fused


class StudentCnn(FusingStudent):
    """logits at stride 4, features (96 channels) at stride 8."""

    def __init__(self, classes: int, fine: int = 32, middle: int = 72, coarse: int = 128, fused: int = 96):
        super().__init__()
        self.stem = nn.Sequential(conv_bn(3, 16, stride=2), conv_bn(16, fine, stride=2))
        self.fine = Residual(fine)
        self.middle = nn.Sequential(conv_bn(fine, middle, stride=2), Residual(middle))
        self.coarse = nn.Sequential(
            conv_bn(middle, coarse, stride=2), Residual(coarse), Residual(coarse, dilation=3)
        )
        self.add_decoder(classes, fine, middle, coarse, fused)

    def forward(self, x: Tensor) -> Output:
        fine = self.fine(self.stem(x))
        middle = self.middle(fine)
        return self.decode(fine, middle, self.coarse(middle))
