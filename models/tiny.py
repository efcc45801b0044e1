"""The smallest models that keep the contract, for tests; and two that break it."""

from torch import Tensor, nn

from contract import Classifier, Output, SegmentationModel, conv_bn


class TinyStudent(SegmentationModel):
    """logits at stride 4, features (16 channels) at stride 8."""

    def __init__(self, classes: int):
        super().__init__()
        self.stem = nn.Sequential(conv_bn(3, 8, stride=2), conv_bn(8, 16, stride=2))
        self.deep = conv_bn(16, 16, stride=2)
        self.classifier = Classifier(16, classes)

    def forward(self, x: Tensor) -> Output:
        fine = self.stem(x)
        return self.classifier(fine), self.deep(fine)


class TinyTeacher(SegmentationModel):
    """logits at stride 4, features (24 channels) at stride 16."""

    def __init__(self, classes: int):
        super().__init__()
        self.stem = nn.Sequential(conv_bn(3, 12, stride=2), conv_bn(12, 16, stride=2))
        self.deep = nn.Sequential(conv_bn(16, 16, stride=2), conv_bn(16, 24, stride=2))
        self.classifier = Classifier(16, classes)

    def forward(self, x: Tensor) -> Output:
        fine = self.stem(x)
        return self.classifier(fine), self.deep(fine)


class OneOutput(nn.Module):
    """Returns logits without features, so it cannot be distilled."""

    def __init__(self, classes: int):
        super().__init__()
        self.stem = nn.Sequential(conv_bn(3, 8, stride=4))
        self.classifier = nn.Conv2d(8, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.stem(x))
