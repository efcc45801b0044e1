"""Golden values of every loss term and of its gradients, in float64.

An implementation of its own: terms are written down as the papers print them (HeteroAKD: Huang et al. 2025, Eq. 1 and 5
to 11; CWD: Shu et al. 2021, Eq. 4; SKD: Liu et al. 2019, pixel-wise and pair-wise), resizing is plain numpy, and the
gradients come from autograd in double precision with the constants of the method detached, not from closed forms.

Run by hand, from this folder, with numpy, torch 2.7 and safetensors: python generate.py
Writes loss.safetensors and cases.json beside itself; both are committed, so neither build nor test needs Python.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

HERE = Path(__file__).resolve().parent
IGNORE = 255
EPSILON = 1e-8


def nearest(labels: np.ndarray, h: int, w: int) -> np.ndarray:
    rows = np.floor((np.arange(h) + 0.5) * labels.shape[1] / h).astype(int)
    cols = np.floor((np.arange(w) + 0.5) * labels.shape[2] / w).astype(int)
    return labels[:, rows][:, :, cols]


def axis_weights(source: int, target: int) -> np.ndarray:
    """Bilinear, half-pixel centres, edges repeated: one row of source weights for each target cell."""
    m = np.zeros((target, source))
    for i in range(target):
        at = max((i + 0.5) * source / target - 0.5, 0)
        low = min(int(at), source - 1)
        high = min(low + 1, source - 1)
        m[i, low] += 1 - (at - low)
        m[i, high] += at - low
    return m


def bilinear(maps: np.ndarray, h: int, w: int) -> np.ndarray:
    return np.einsum("ip,ncpq,jq->ncij", axis_weights(maps.shape[2], h), maps, axis_weights(maps.shape[3], w))


def masks(y: torch.Tensor, classes: int):
    valid = y != IGNORE
    hot = F.one_hot(torch.where(valid, y, 0), classes).permute(0, 3, 1, 2).double()
    return valid, valid.unsqueeze(1).double(), hot


def ce(s, y):
    valid, _, _ = masks(y, s.shape[1])
    if not valid.any():
        return s.sum() * 0
    return F.cross_entropy(s, y, ignore_index=IGNORE)


def kd(s, t, y, tau):
    valid, v, _ = masks(y, s.shape[1])
    pt = F.softmax(t / tau, 1)
    kl = (pt * (F.log_softmax(t / tau, 1) - F.log_softmax(s / tau, 1))).sum(1)
    return tau * tau * (kl * v[:, 0]).sum() / max(int(valid.sum()), 1)


def bce(z, y):
    valid, v, hot = masks(y, z.shape[1])
    return (F.binary_cross_entropy_with_logits(z, hot, reduction="none") * v).sum() / (max(int(valid.sum()), 1) * z.shape[1])


def hakd(zs, zt, y, tau, axis, kmm, kem):
    n, c, h, w = zs.shape
    valid, v, hot = masks(y, c)
    reliability = lambda z: F.binary_cross_entropy_with_logits(z, hot, reduction="none")
    frozen = zs.detach()
    hs = reliability(frozen)
    st = hs / (reliability(zt) + hs + EPSILON) if kmm else torch.ones_like(hs)
    hybrid = st * zt + (1 - st) * frozen
    labelled = v.sum((2, 3), keepdim=True).clamp(min=1)
    if not kem:
        weight = v.expand_as(zs) / labelled
    else:
        evidence = hs + (hs - reliability(hybrid)).clamp(min=0)
        if axis == "PIXELS":
            masked = evidence.masked_fill(v == 0, -torch.inf).flatten(2)
            weight = torch.softmax(masked, 2).nan_to_num(0.0).reshape(n, c, h, w)
        else:
            weight = torch.softmax(evidence, 1) * v * c / labelled
    a, b = hybrid / tau, zs / tau
    q = torch.sigmoid(a)
    kl = q * (F.logsigmoid(a) - F.logsigmoid(b)) + torch.sigmoid(-a) * (F.logsigmoid(-a) - F.logsigmoid(-b))
    value = tau * tau * (weight * kl).sum() / (n * c)
    share = float((st * v).sum() / (max(int(valid.sum()), 1) * c)) if kmm else -1.0
    return value, share, float(weight.amax((2, 3)).mean())


def cwd(s, t, tau):
    n, c = s.shape[:2]
    ls = F.log_softmax(s.flatten(2) / tau, 2)
    lt = F.log_softmax(t.flatten(2) / tau, 2)
    return tau * tau * (lt.exp() * (lt - ls)).sum() / (n * c)


def pairs(zs, zt, pool):
    def similarity(z):
        f = F.normalize(F.avg_pool2d(z, pool).flatten(2), dim=1)
        return torch.einsum("ncp,ncq->npq", f, f)
    diff = similarity(zs) - similarity(zt)
    return (diff ** 2).sum() / (zs.shape[0] * diff.shape[1] ** 2)


HETERO = dict(method="HETEROAKD", kd=0.1, hakd=10.0, projection=1.0, tau=1.0, axis="PIXELS", kmm=True, kem=True)

# name: (settings, frames, classes, label size, logits grid, projected grid, teacher's grids, range, ignored, special)
CASES = {
    "plain": (HETERO, 2, 5, (6, 8), (6, 8), (3, 4), None, 2.0, 0.0, ""),
    "ignored": (HETERO, 2, 4, (8, 12), (8, 12), (4, 6), None, 2.0, 0.4, ""),
    "unlabelled-frame": (HETERO, 3, 4, (8, 8), (4, 4), (2, 3), None, 2.0, 0.1, "blank-one"),
    "no-label-at-all": (HETERO, 2, 4, (8, 8), (4, 4), (2, 2), None, 2.0, 0.0, "blank-all"),
    "absent-class": (HETERO, 2, 6, (8, 12), (4, 6), (4, 6), None, 2.0, 0.1, "absent"),
    "logits-of-80": (HETERO, 2, 4, (8, 10), (4, 5), (4, 5), None, 80.0, 0.1, ""),
    "one-frame": (HETERO, 1, 3, (10, 8), (5, 4), (5, 4), None, 3.0, 0.1, ""),
    "other-sizes": (HETERO, 2, 5, (37, 53), (10, 14), (5, 7), ((5, 7), (3, 4)), 3.0, 0.2, ""),
    "teacher-finer": (HETERO, 2, 5, (24, 32), (6, 8), (3, 4), ((12, 16), (6, 8)), 3.0, 0.2, ""),
    "tau-0.7": (dict(HETERO, tau=0.7, kd=1.0, hakd=3.0, projection=0.5), 2, 5, (8, 12), (4, 6), (4, 6), None, 3.0, 0.2, ""),
    "tau-2-at-80": (dict(HETERO, tau=2.0), 2, 5, (8, 12), (4, 6), (4, 6), None, 80.0, 0.2, ""),
    "kem-over-classes": (dict(HETERO, axis="CLASSES"), 2, 5, (8, 12), (4, 6), (4, 6), None, 3.0, 0.2, "blank-one"),
    "no-kmm": (dict(HETERO, kmm=False), 2, 5, (8, 12), (4, 6), (4, 6), None, 3.0, 0.2, ""),
    "no-kem": (dict(HETERO, kem=False), 2, 5, (8, 12), (4, 6), (4, 6), None, 3.0, 0.2, "blank-one"),
    "labels-only": (dict(HETERO, kd=0.0, hakd=0.0), 2, 5, (8, 12), (4, 6), (4, 6), None, 3.0, 0.2, ""),
    "plain-kl": (dict(HETERO, kd=1.0, hakd=0.0, projection=0.0), 2, 5, (8, 12), (4, 6), (4, 6), None, 3.0, 0.2, ""),
    "150-classes": (HETERO, 1, 150, (8, 8), (4, 4), (4, 4), None, 3.0, 0.1, ""),
    "channel-wise": (dict(method="CWD", weight=3.0, projection=0.0, tau=4.0), 2, 5, (8, 12), (4, 6), (4, 6), None, 5.0, 0.2, "blank-one"),
    "channel-wise-at-80": (dict(method="CWD", weight=3.0, projection=1.0, tau=1.0), 2, 4, (8, 12), (4, 6), (4, 6), None, 80.0, 0.2, ""),
    "structured": (dict(method="SKD", kd=10.0, pair=1.0, projection=1.0, tau=1.0, pool=2), 2, 5, (8, 12), (4, 6), (5, 7), None, 3.0, 0.2, ""),
    "structured-cells": (dict(method="SKD", kd=1.0, pair=20.0, projection=0.5, tau=0.7, pool=1), 1, 4, (8, 12), (4, 6), (3, 5), None, 3.0, 0.2, ""),
}


def logits(rng, frames, classes, grid, scale):
    shape = (frames, classes) + tuple(grid)
    if scale > 10:
        return (scale * rng.integers(-1, 2, shape)).astype(np.float32)
    return (scale * rng.standard_normal(shape)).astype(np.float32)


def case(seed, settings, frames, classes, size, grid, projected, teacher, scale, ignored, special):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, (frames,) + size)
    if special == "absent":
        y[y == 2] = 3
    y[rng.random(y.shape) < ignored] = IGNORE
    if special == "blank-one":
        y[0] = IGNORE
    if special == "blank-all":
        y[:] = IGNORE
    tgrid, tprojected = teacher or (grid, projected)
    arrays = {
        "s": logits(rng, frames, classes, grid, scale),
        "t": logits(rng, frames, classes, tgrid, scale),
        "zs": logits(rng, frames, classes, projected, scale),
        "zt": logits(rng, frames, classes, tprojected, scale),
        "y": y.astype(np.uint8),
    }
    s = torch.tensor(arrays["s"].astype(np.float64), requires_grad=True)
    zs = torch.tensor(arrays["zs"].astype(np.float64), requires_grad=True)
    t = torch.tensor(bilinear(arrays["t"].astype(np.float64), *grid))
    zt = torch.tensor(bilinear(arrays["zt"].astype(np.float64), *projected))
    ys = torch.tensor(nearest(y, *grid))
    yz = torch.tensor(nearest(y, *projected))
    terms = {"ce": ce(s, ys), "bce": bce(zs, yz), "kd": s.sum() * 0, "own": s.sum() * 0, "share": -1.0, "largest": -1.0}
    total = terms["ce"] + settings["projection"] * terms["bce"]
    if settings.get("kd", 0) > 0:
        terms["kd"] = kd(s, t, ys, settings["tau"])
        total = total + settings["kd"] * terms["kd"]
    if settings["method"] == "HETEROAKD" and settings["hakd"] > 0:
        terms["own"], terms["share"], terms["largest"] = hakd(
            zs, zt, yz, settings["tau"], settings["axis"], settings["kmm"], settings["kem"])
        total = total + settings["hakd"] * terms["own"]
    if settings["method"] == "CWD":
        terms["own"] = cwd(s, t, settings["tau"])
        total = total + settings["weight"] * terms["own"]
    if settings["method"] == "SKD":
        terms["own"] = pairs(zs, zt, settings["pool"])
        total = total + settings["pair"] * terms["own"]
    gs, gz = torch.autograd.grad(total, (s, zs), allow_unused=True)
    arrays["ds"] = gs.numpy()
    arrays["dz"] = (gz if gz is not None else torch.zeros_like(zs)).numpy()
    return {k: float(v) for k, v in terms.items()} | {"total": float(total)}, arrays


if __name__ == "__main__":
    index, tensors = [], {}
    for i, (name, (settings, *shape)) in enumerate(CASES.items()):
        terms, arrays = case(100 + i, settings, *shape)
        index.append({"name": name, "settings": settings, "terms": terms})
        for key, value in arrays.items():
            # The reader knows F32 and I64: values that were computed in float64 are rounded once, by 6e-8.
            tensors[f"{name}.{key}"] = np.ascontiguousarray(value.astype(np.float32))
    save_file(tensors, str(HERE / "loss.safetensors"))
    (HERE / "cases.json").write_text(json.dumps(index, indent=1) + "\n")
