"""teacher-cnn: the teacher of the synthetic scenes. It has twice the operations of a student for each pixel, and context by three dilations."""

import torch
from torch import Tensor, nn

from contract import Classifier, Output, SegmentationModel, conv_bn, resize
from student_cnn import Residual


class TeacherCnn(SegmentationModel):
    """logits at stride 4, features (160 channels) at stride 16: another grid and another width than those of the students."""

    def __init__(self, classes: int, fine: int = 48, middle: int = 80, coarse: int = 96, features: int = 160):
        super().__init__()
        self.stem = nn.Sequential(conv_bn(3, 24, stride=2), conv_bn(24, fine, stride=2))
        self.fine = nn.Sequential(Residual(fine), Residual(fine))
        self.middle = nn.Sequential(conv_bn(fine, middle, stride=2), Residual(middle))
        self.coarse = nn.Sequential(conv_bn(middle, coarse, stride=2), Residual(coarse))
        self.near = conv_bn(coarse, 56, dilation=1)
        self.far = conv_bn(coarse, 56, dilation=3)
        self.farther = conv_bn(coarse, 48, dilation=6)
        self.widen = conv_bn(160, features, 1)
        self.from_coarse = conv_bn(features, 96, 1)
        self.from_middle = conv_bn(middle, 96, 1)
        self.from_fine = conv_bn(fine, 96, 1)
        self.classifier = Classifier(96, classes)

    def forward(self, x: Tensor) -> Output:
        fine = self.fine(self.stem(x))
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        features = self.widen(torch.cat([self.near(coarse), self.far(coarse), self.farther(coarse)], 1))
        half = self.from_middle(middle) + resize(self.from_coarse(features), middle.size(2), middle.size(3))
        mixed = self.from_fine(fine) + resize(half, fine.size(2), fine.size(3))
        return self.classifier(mixed), features
