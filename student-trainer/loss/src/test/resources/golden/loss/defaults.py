"""A golden case of HeteroAKD with the default settings, in 60-digit decimal arithmetic.

An implementation of its own, beside generate.py: it needs nothing but Python's standard library. Terms are written down as
the paper prints them (Huang et al. 2025, Eq. 1 and 5 to 11, with the temperature of KEM's softmax); gradients are central
differences with a step of 1e-20, with S_t, the hybrid and W held constant.

Run by hand, from this folder: python3 defaults.py
Writes defaults.json beside itself, which is committed, so neither build nor test needs Python.
"""

import json
import random
from decimal import Decimal, getcontext
from pathlib import Path

getcontext().prec = 60
D = Decimal
IGNORE = 255
EPSILON = D("1e-8")
STEP = D("1e-20")
SETTINGS = dict(kd="0.1", hakd="10", projection="1", tau="1", kem_tau="3")
N, C, LOGITS, CELLS = 2, 4, (3, 4), (2, 3)


def log1pexp(x):
    """log(1 + e^x), without overflow."""
    return x + (1 + (-x).exp()).ln() if x > 0 else (1 + x.exp()).ln()


def sigmoid(x):
    return 1 / (1 + (-x).exp())


def bce(z, labeled):
    return log1pexp(-z if labeled else z)


def log_softmax(values):
    largest = max(values)
    total = sum((v - largest).exp() for v in values).ln() + largest
    return [v - total for v in values]


def labeled_cells(y):
    return [(n, p) for n in range(N) for p in range(len(y[n])) if y[n][p] != IGNORE]


def ce(s, y):
    cells = labeled_cells(y)
    return -sum(log_softmax([s[n][c][p] for c in range(C)])[y[n][p]] for n, p in cells) / len(cells)


def kd(s, t, y, tau):
    cells = labeled_cells(y)
    total = D(0)
    for n, p in cells:
        ls = log_softmax([s[n][c][p] / tau for c in range(C)])
        lt = log_softmax([t[n][c][p] / tau for c in range(C)])
        total += sum(b.exp() * (b - a) for a, b in zip(ls, lt))
    return tau * tau * total / len(cells)


def projection(z, y):
    cells = labeled_cells(y)
    return sum(bce(z[n][c][p], c == y[n][p]) for n, p in cells for c in range(C)) / (len(cells) * C)


def constants(zs, zt, y, kem_tau):
    """S_t, the hybrid and W of every labeled cell and class."""
    share, hybrid, weight = {}, {}, {}
    for n in range(N):
        cells = [p for p in range(len(y[n])) if y[n][p] != IGNORE]
        for c in range(C):
            evidence = {}
            for p in cells:
                is_class = c == y[n][p]
                hs, ht = bce(zs[n][c][p], is_class), bce(zt[n][c][p], is_class)
                st = hs / (ht + hs + EPSILON)
                mixed = st * zt[n][c][p] + (1 - st) * zs[n][c][p]
                share[n, c, p], hybrid[n, c, p] = st, mixed
                evidence[p] = (hs + max(D(0), hs - bce(mixed, is_class))) / kem_tau
            total = sum(e.exp() for e in evidence.values())
            for p in cells:
                weight[n, c, p] = evidence[p].exp() / total
    return share, hybrid, weight


def hakd(zs, hybrid, weight, tau):
    total = D(0)
    for (n, c, p), w in weight.items():
        a, b = hybrid[n, c, p] / tau, zs[n][c][p] / tau
        q = sigmoid(a)
        total += w * (q * (log1pexp(-b) - log1pexp(-a)) + (1 - q) * (log1pexp(b) - log1pexp(a)))
    return tau * tau * total / (N * C)


def gradient(of, maps):
    """Central differences by every element, in the order [n][c][p]."""
    result = []
    for n in range(N):
        for c in range(C):
            for p in range(len(maps[n][c])):
                kept = maps[n][c][p]
                maps[n][c][p] = kept + STEP
                above = of(maps)
                maps[n][c][p] = kept - STEP
                below = of(maps)
                maps[n][c][p] = kept
                result.append((above - below) / (2 * STEP))
    return result


def maps(rng, cells):
    """Multiples of 1/64, which a float has exactly."""
    return [[[D(rng.randint(-256, 256)) / 64 for _ in range(cells)] for _ in range(C)] for _ in range(N)]


def labels(rng, cells):
    return [[IGNORE if rng.random() < 0.2 else rng.randrange(C) for _ in range(cells)] for _ in range(N)]


def flat(values):
    return [float(v) for n in values for c in n for v in c]


def main():
    rng = random.Random(7)
    pixels, cells = LOGITS[0] * LOGITS[1], CELLS[0] * CELLS[1]
    s, t, zs, zt = maps(rng, pixels), maps(rng, pixels), maps(rng, cells), maps(rng, cells)
    y, yz = labels(rng, pixels), labels(rng, cells)
    w = {name: D(value) for name, value in SETTINGS.items()}
    share, hybrid, weight = constants(zs, zt, yz, w["kem_tau"])
    terms = dict(ce=ce(s, y), kd=kd(s, t, y, w["tau"]), hakd=hakd(zs, hybrid, weight, w["tau"]), bce=projection(zs, yz))
    terms["total"] = terms["ce"] + w["kd"] * terms["kd"] + w["hakd"] * terms["hakd"] + w["projection"] * terms["bce"]
    terms["share"] = sum(share.values()) / len(share)
    largest = {}
    for (n, c, _), value in weight.items():
        largest[n, c] = max(value, largest.get((n, c), D(0)))
    terms["largest"] = sum(largest.values()) / (N * C)
    ds = gradient(lambda x: ce(x, y) + w["kd"] * kd(x, t, y, w["tau"]), s)
    dz = gradient(lambda x: w["hakd"] * hakd(x, hybrid, weight, w["tau"]) + w["projection"] * projection(x, yz), zs)
    case = dict(
        settings={name: float(value) for name, value in SETTINGS.items()},
        shape=[N, C],
        logits=list(LOGITS),
        cells=list(CELLS),
        s=flat(s), t=flat(t), zs=flat(zs), zt=flat(zt),
        y=[v for frame in y for v in frame],
        yz=[v for frame in yz for v in frame],
        terms={name: float(value) for name, value in terms.items()},
        ds=[float(v) for v in ds],
        dz=[float(v) for v in dz],
    )
    (Path(__file__).resolve().parent / "defaults.json").write_text(json.dumps(case, indent=1) + "\n")


if __name__ == "__main__":
    main()
