"""Golden values of PyTorch's own optimizers and of three whole training steps.

Run by hand, from this folder, with torch 2.7 and safetensors: python generate.py
Writes optim.safetensors and step.safetensors beside itself; both are committed, so neither build nor test needs Python.
"""

import hashlib
from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).resolve().parent
MODEL = HERE.parents[4] / "models" / "fixtures" / "tiny-student.pt"
SHAPES = [(4, 3, 3, 3), (4,), (1,)]
STEPS = 10

CASES = {
    "sgd": lambda ps: torch.optim.SGD(ps, lr=0.1),
    "sgd_momentum": lambda ps: torch.optim.SGD(ps, lr=0.1, momentum=0.9, weight_decay=1e-4),
    "sgd_nesterov": lambda ps: torch.optim.SGD(ps, lr=0.1, momentum=0.8, weight_decay=1e-2, nesterov=True),
    "adamw": lambda ps: torch.optim.AdamW(ps, lr=0.1),
    "adamw_other": lambda ps: torch.optim.AdamW(ps, lr=0.1, betas=(0.8, 0.95), weight_decay=0.2, eps=1e-2),
}


def rate(step: int) -> float:
    return 0.05 / (1 + step)


def optimizers() -> dict:
    torch.manual_seed(20)
    start = [torch.randn(s) for s in SHAPES]
    gradients = [[torch.randn(s) * 10 ** (-i) for s in SHAPES] for i in range(STEPS)]
    out = {}
    for i, p in enumerate(start):
        out[f"start.{i}"] = p.clone()
        for s in range(STEPS):
            out[f"gradient.{s}.{i}"] = gradients[s][i].clone()
    for name, make in CASES.items():
        ps = [torch.nn.Parameter(p.clone()) for p in start]
        optimizer = make(ps)
        for s in range(STEPS):
            for p, g in zip(ps, gradients[s]):
                p.grad = g.clone()
            optimizer.param_groups[0]["lr"] = rate(s)
            optimizer.step()
            for i, p in enumerate(ps):
                out[f"{name}.{s}.{i}"] = p.detach().clone()
    ps = [torch.nn.Parameter(p.clone()) for p in start]
    for p, g in zip(ps, gradients[0]):
        p.grad = g.clone()
    out["clip.norm"] = torch.nn.utils.clip_grad_norm_(ps, 0.5).reshape(1)
    for i, p in enumerate(ps):
        out[f"clip.{i}"] = p.grad.clone()
    return out


def waves(*shape: int, speed: float) -> torch.Tensor:
    """sin(speed · i) at index i: the test computes the same."""
    count = int(torch.tensor(shape).prod())
    return torch.sin(speed * torch.arange(count, dtype=torch.float64)).to(torch.float32).reshape(shape)


def steps() -> dict:
    model = torch.jit.load(str(MODEL), map_location="cpu")
    model.train()
    parameters = dict(model.named_parameters())
    optimizer = torch.optim.SGD(parameters.values(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    x = waves(2, 3, 33, 49, speed=0.37)
    out = {}
    for s in range(3):
        optimizer.zero_grad()
        logits, features = model(x)
        g1 = waves(*logits.shape, speed=0.11)
        g2 = waves(*features.shape, speed=0.23)
        ((logits * g1).sum() + (features * g2).sum()).backward()
        out[f"norm.{s}"] = torch.nn.utils.clip_grad_norm_(list(parameters.values()), 1.0).reshape(1)
        for name, p in parameters.items():
            out[f"gradient.{s}.{name}"] = p.grad.clone()
        optimizer.step()
    for name, tensor in model.state_dict().items():
        out[f"end.{name}"] = tensor.detach().clone()
    model.eval()
    with torch.no_grad():
        logits, features = model(x)
    out["logits"], out["features"] = logits.contiguous(), features.contiguous()
    return out


if __name__ == "__main__":
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    metadata = {"torch": torch.__version__.split("+")[0]}
    save_file(optimizers(), str(HERE / "optim.safetensors"), metadata)
    # The test says so when the model was exported anew after these values.
    metadata["model"] = hashlib.sha256(MODEL.read_bytes()).hexdigest()
    save_file(steps(), str(HERE / "step.safetensors"), metadata)
