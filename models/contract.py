"""Methods that every Reflux model module has besides its layers.

A model is a TorchScript file with `forward(x[N,3,H,W]) -> (logits[N,C,ceil(H/a),ceil(W/a)], features[N,F,ceil(H/b),ceil(W/b)])`.
The methods give a Java trainer what a TorchScript file hides: buffers, names, another number of classes, new random
weights. They are written so that `torch.jit.script` of PyTorch 2.7 compiles them and libtorch 2.7 runs them.
"""

from typing import Tuple

import torch
from torch import Tensor, nn


def resize(x: Tensor, height: int, width: int) -> Tensor:
    """Bilinear, corners not aligned. The plain operator loads in every libtorch version; F.interpolate does not."""
    return torch.ops.aten.upsample_bilinear2d(x, [height, width], False, None, None)


def conv_bn(cin: int, cout: int, kernel: int = 3, stride: int = 1, dilation: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(cin, cout, kernel, stride, dilation * (kernel // 2), dilation, groups, bias=False),
        nn.BatchNorm2d(cout),
        nn.ReLU(inplace=True),
    )


class Classifier(nn.Module):
    """A 1x1 convolution whose number of classes can be changed in the exported file."""

    def __init__(self, channels: int, classes: int):
        super().__init__()
        self.channels = channels
        self.weight = nn.Parameter(torch.zeros(classes, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(classes))
        nn.init.normal_(self.weight, 0.0, 0.05)

    def forward(self, x: Tensor) -> Tensor:
        return torch.conv2d(x, self.weight, self.bias)

    @torch.jit.export
    def reset(self, classes: int):
        self.weight = (torch.randn(classes, self.channels, 1, 1) * 0.05).requires_grad_(True)
        self.bias = torch.zeros(classes).requires_grad_(True)


class SegmentationModel(nn.Module):
    """Base of all exported models. Subclasses hold a `Classifier` as `self.classifier` and implement `forward`."""

    pretrained: Tuple[str, ...] = ()
    """The prefixes of the names of the tensors that `reset_parameters` does not change."""


def path(name: str) -> str:
    """Returns the TorchScript expression for `stem.0.1.weight`: a child whose name is a number needs getattr."""
    code = "self"
    for part in name.split("."):
        code = f'getattr({code}, "{part}")' if part.isdigit() else f"{code}.{part}"
    # Some layers declare their tensors optional; unwrapping a tensor that is not optional is allowed.
    return f"torch.jit._unwrap_optional({code})"


def reset_line(name: str, parameter: Tensor) -> str:
    """He initialization for convolutions and matrices, 1 and 0 for norms and biases, small values for the classifier."""
    target = path(name)
    if name.startswith("classifier.weight"):
        return f"{target}.normal_(0.0, 0.05)"
    if parameter.dim() > 1:
        return f"{target}.normal_(0.0, {(2.0 / (parameter.numel() // parameter.size(0))) ** 0.5!r})"
    return f"{target}.fill_(1.0)" if name.endswith("weight") else f"{target}.zero_()"


def define_contract(scripted: torch.jit.ScriptModule, module: SegmentationModel) -> None:
    """Writes the contract's methods into the scripted module, one plain line for each tensor: TorchScript has no
    named_parameters()."""
    parameters = dict(module.named_parameters())
    buffers = dict(module.named_buffers())
    drawn = {name: p for name, p in parameters.items() if not name.startswith(module.pretrained)}
    lines = "\n        ".join(reset_line(name, p) for name, p in drawn.items())
    buffer_lines = "\n        ".join(
        f"{path(name)}.fill_(1)" if name.endswith("running_var") else f"{path(name)}.zero_()"
        for name in buffers
        if not name.startswith(module.pretrained)
    )
    scripted.define(f"def parameter_names(self) -> List[str]:\n    return {list(parameters)!r}\n")
    scripted.define(f"def buffer_names(self) -> List[str]:\n    return {list(buffers)!r}\n")
    scripted.define(f"def buffer_list(self) -> List[Tensor]:\n    return [{', '.join(path(name) for name in buffers)}]\n")
    scripted.define(
        "def reset_classes(self, classes: int, seed: int) -> int:\n"
        "    torch.manual_seed(seed)\n"
        "    self.classifier.reset(classes)\n"
        "    return classes\n"
    )
    scripted.define(
        "def reset_parameters(self, seed: int) -> int:\n"
        "    torch.manual_seed(seed)\n"
        f"    with torch.no_grad():\n        {lines}\n        {buffer_lines}\n"
        f"    return {len(drawn)}\n"
    )


Output = Tuple[Tensor, Tensor]
