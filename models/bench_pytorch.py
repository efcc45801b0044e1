"""Times of plain PyTorch for the same work: the baseline of `reflux bench loss` and `reflux bench throughput`.

Run by hand, on the machine whose figures are to be published: python bench_pytorch.py
Writes pytorch-figures.json into the benchmarks' resources, with the processor, PyTorch's version and the threads.

Three losses on the same tensors, forward and backward, in turn:
  listing   the popular article's listing of HeteroAKD: KMM, KEM and the three terms with its formulas and its
            errors; it runs because the labels are on the grid and no cell is ignored
  autograd  our formulas in eager PyTorch, constants detached, gradients by autograd
and one training step of each student: forward, loss (our formulas), backward, clipping, AdamW, average of the weights.
"""

import argparse
import json
import platform
import statistics
import time
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from student_cnn import StudentCnn
from student_segformer import StudentSegformer

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "benchmarks/src/main/resources/dev/reflux/benchmarks/report/pytorch-figures.json"
IGNORE = 255
# N, C, h, w of the student's logits and of its projected logits, and how many cells are ignored.
LOSS_SHAPES = [(4, 19, 64, 128), (8, 11, 45, 60), (8, 9, 40, 64), (2, 19, 128, 256)]
# student, N, classes, image height and width
STEPS = [("student-cnn", 8, 9, 160, 256), ("student-cnn", 8, 11, 360, 480), ("student-segformer", 8, 9, 160, 256)]
STUDENTS = {"student-cnn": (StudentCnn, 96), "student-segformer": (StudentSegformer, 96)}


# ---- the article's listing --------------------------------------------------------------------------------------------


def mixed(zt: Tensor, zs: Tensor, hot: Tensor) -> Tensor:
    """The listing's KMM: gradients go through the shares."""
    ht = F.binary_cross_entropy_with_logits(zt, hot, reduction="none")
    hs = F.binary_cross_entropy_with_logits(zs, hot, reduction="none")
    share = hs / (ht + hs + 1e-8)
    return share * zt + (1 - share) * zs


def evaluated(hybrid: Tensor, zs: Tensor, hot: Tensor) -> Tensor:
    """The listing's KEM: two denominators, exponentials without a maximum taken off, assignments through masks."""
    h_hybrid = F.binary_cross_entropy_with_logits(hybrid, hot, reduction="none")
    hs = F.binary_cross_entropy_with_logits(zs, hot, reduction="none")
    gain = (hs - h_hybrid).clamp(min=0)
    weights = torch.zeros_like(gain)
    better = gain > 0
    top = torch.exp(hs[better] + gain[better])
    plain = torch.exp(hs)
    raised = torch.exp(hs + gain)
    under_better = raised.flatten(2).sum(2, keepdim=True).unsqueeze(-1).expand_as(raised)
    under_plain = plain.flatten(2).sum(2, keepdim=True).unsqueeze(-1).expand_as(plain)
    weights[better] = top / (under_better[better] + 1e-8)
    weights[~better] = plain[~better] / (under_plain[~better] + 1e-8)
    return weights


def one_hot(labels: Tensor, classes: int) -> Tensor:
    return F.one_hot(labels, num_classes=classes).permute(0, 3, 1, 2).float()


def listing(s: Tensor, t: Tensor, zs: Tensor, zt: Tensor, labels: Tensor) -> Tensor:
    """L_total as in the listing: λ1 = 1, λ2 = 10, τ = 1. One-hot labels are computed twice, in KMM and in KEM."""
    classes = s.size(1)
    task = F.cross_entropy(s, labels)
    kd = F.kl_div(F.log_softmax(t, 1), F.softmax(s, 1), reduction="batchmean")
    hybrid = mixed(zt, zs, one_hot(labels, classes))
    weights = evaluated(hybrid, zs, one_hot(labels, classes))
    pointwise = F.binary_cross_entropy(torch.sigmoid(zs), torch.sigmoid(hybrid), reduction="none")
    return task + kd + 10 * (pointwise * weights).mean()


# ---- our formulas ------------------------------------------------------------------------------------------------------


def ours(s: Tensor, t: Tensor, zs: Tensor, zt: Tensor, labels: Tensor, z_labels: Tensor) -> Tensor:
    """CE + 0.1·L_kd + 10·L_hakd + BCE of docs/architecture.md at τ = 1, in eager PyTorch."""
    n, c = zs.shape[:2]
    valid = labels != IGNORE
    count = valid.sum().clamp(min=1)
    ce = F.cross_entropy(s, labels, ignore_index=IGNORE, reduction="sum") / count
    lt = F.log_softmax(t, 1)
    kd = (F.kl_div(F.log_softmax(s, 1), lt, reduction="none", log_target=True).sum(1) * valid).sum() / count
    v = (z_labels != IGNORE).unsqueeze(1).float()
    hot = one_hot(torch.where(z_labels == IGNORE, 0, z_labels), c)
    hs = F.binary_cross_entropy_with_logits(zs, hot, reduction="none")
    bce = (hs * v).sum() / (v.sum().clamp(min=1) * c)
    with torch.no_grad():
        frozen = zs.detach()
        share = hs / (F.binary_cross_entropy_with_logits(zt, hot, reduction="none") + hs + 1e-8)
        hybrid = share * zt + (1 - share) * frozen
        gain = (hs - F.binary_cross_entropy_with_logits(hybrid, hot, reduction="none")).clamp(min=0)
        weights = torch.softmax((hs + gain).masked_fill(v == 0, -1e30).flatten(2), 2).view_as(zs) * v
        target = torch.sigmoid(hybrid)
        # The difference between the cross-entropy and a divergence: constant, so it has no gradient.
        entropy = F.binary_cross_entropy_with_logits(hybrid, target, reduction="none")
    divergence = F.binary_cross_entropy_with_logits(zs, target, reduction="none") - entropy
    return ce + 0.1 * kd + 10 * (weights * divergence).sum() / (n * c) + bce


# ---- measuring ---------------------------------------------------------------------------------------------------------


def figure(millis: List[float]) -> Dict[str, float]:
    return {
        "median": round(statistics.median(millis), 3),
        "min": round(min(millis), 3),
        "max": round(max(millis), 3),
        "times": len(millis),
    }


def backward(loss: Callable[[], Tensor], leaves: List[Tensor]) -> float:
    for leaf in leaves:
        leaf.grad = None
    start = time.perf_counter()
    loss().backward()
    return (time.perf_counter() - start) * 1e3


def measure_losses(rounds: int) -> List[dict]:
    figures = []
    for n, c, h, w in LOSS_SHAPES:
        torch.manual_seed(1)
        s, zs = (torch.randn(n, c, h, w).mul_(2).requires_grad_(True) for _ in range(2))
        t, zt = (torch.randn(n, c, h, w).mul_(2) for _ in range(2))
        labels = torch.randint(0, c, (n, h, w))
        rivals = {
            "listing": lambda: listing(s, t, zs, zt, labels),
            "autograd": lambda: ours(s, t, zs, zt, labels, labels),
        }
        times: Dict[str, List[float]] = {name: [] for name in rivals}
        for turn in range(rounds + 3):
            for name, loss in rivals.items():
                taken = backward(loss, [s, zs])
                if turn >= 3:
                    times[name].append(taken)
        figures.append({"shape": [n, c, h, w], **{name: figure(each) for name, each in times.items()}})
        print(figures[-1])
    return figures


class Step:
    """One training step as in the trainer, in eager PyTorch."""

    def __init__(self, name: str, n: int, classes: int, height: int, width: int, channels_last: bool):
        torch.manual_seed(1)
        architecture, features = STUDENTS[name]
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.model = architecture(classes).train().to(memory_format=self.layout)
        self.head = nn.Sequential(nn.Conv2d(features, classes, 1, bias=False), nn.BatchNorm2d(classes))
        self.trained = list(self.model.parameters()) + list(self.head.parameters())
        self.average = [p.detach().clone() for p in self.model.state_dict().values() if p.is_floating_point()]
        self.optimizer = torch.optim.AdamW(self.trained, lr=2e-3, weight_decay=0.01)
        self.x = torch.randn(n, 3, height, width).contiguous(memory_format=self.layout)
        with torch.no_grad():
            logits, maps = self.model(self.x)
        self.t, self.zt = torch.randn_like(logits), torch.randn(n, classes, *maps.shape[2:])
        self.labels = torch.randint(0, classes, (n, *logits.shape[2:]))
        self.z_labels = torch.randint(0, classes, (n, *maps.shape[2:]))

    def run(self) -> Tuple[float, float, float, float]:
        laps = [time.perf_counter()]
        self.optimizer.zero_grad(set_to_none=True)
        s, features = self.model(self.x)
        zs = self.head(features)
        laps.append(time.perf_counter())
        loss = ours(s, self.t, zs, self.zt, self.labels, self.z_labels)
        laps.append(time.perf_counter())
        loss.backward()
        laps.append(time.perf_counter())
        nn.utils.clip_grad_norm_(self.trained, 5.0)
        self.optimizer.step()
        with torch.no_grad():
            live = [p for p in self.model.state_dict().values() if p.is_floating_point()]
            torch._foreach_lerp_(self.average, live, 0.05)
        laps.append(time.perf_counter())
        return tuple((b - a) * 1e3 for a, b in zip(laps, laps[1:]))


def measure_steps(rounds: int) -> List[dict]:
    figures = []
    for name, n, classes, height, width in STEPS:
        layouts = {"contiguous": False, "channels-last": True}
        steps = {layout: Step(name, n, classes, height, width, last) for layout, last in layouts.items()}
        taken: Dict[str, list] = {layout: [] for layout in layouts}
        for turn in range(rounds + 3):
            for layout, step in steps.items():
                laps = step.run()
                if turn >= 3:
                    taken[layout].append(laps)
        for layout, laps in taken.items():
            stages = dict(zip(("forward", "loss", "backward", "update"), map(figure, map(list, zip(*laps)))))
            figures.append(
                {
                    "student": name,
                    "batch": n,
                    "classes": classes,
                    "height": height,
                    "width": width,
                    "layout": layout,
                    "step": figure([sum(one) for one in laps]),
                    **stages,
                }
            )
            print(figures[-1])
    return figures


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def main() -> None:
    arguments = argparse.ArgumentParser(description="Measures plain PyTorch for the benchmarks.")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=40, help="rounds of each loss; each step has a quarter of them")
    arguments.add_argument("--out", type=Path, default=TARGET)
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    report = {
        "processor": processor(),
        "torch": torch.__version__,
        "threads": given.threads,
        "losses": measure_losses(given.rounds),
        "steps": measure_steps(max(5, given.rounds // 4)),
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written: {given.out}")


if __name__ == "__main__":
    main()
