package dev.reflux.trainer.distillation;

/**
 * The built-in terms as TorchScript: the same source on CPU and GPU, loaded from an archive that Java writes. Labels are uint8
 * maps on the tensor's own grid, 255 = ignore. Gradients are written into contiguous tensors of the caller.
 *
 * <p>With sg = −1 at the label's class, +1 at the others and 0 at ignored pixels, and a = sg·z: BCEWithLogits(z, y) =
 * softplus(a), KL(Bern(σ(ẑ)) ‖ Bern(σ(z))) = softplus(a) − softplus(â) − (a − â)·σ(â) whatever the sign, and a gradient
 * by a becomes one by z through another product with sg, which also takes ignored pixels out. In that frame softplus(a)
 * and softplus(â) serve KMM, KEM and the loss at once.
 *
 * <p>The methods work part by part, because a part's tensors stay in the processor's cache from one operation to the next,
 * and because PyTorch computes small tensors on the calling thread alone: see {@link LossLanes}. Masked sums are matrix
 * products with the mask: one pass without a temporary tensor.
 */
final class DistillationScript {

    /**
     * Writes ∂(CE + λ1·L_kd)/∂s of some parts into g; returns their contributions to [CE, L_kd]. Part i is a run of cells of a
     * frame, with all their classes. If weighted, CE is a mean with the weights w; otherwise w is not read. If apart, L_kd is one
     * with the weights wk; otherwise wk is not read, and L_kd has the weights of CE.
     */
    private static final String LOGITS =
            """
            def logits_terms(self: Self, g: Tensor, s: Tensor, t: Tensor, y: Tensor, w: Tensor, wk: Tensor, weighted: bool, apart: bool, kd: float, tau: float, cells: int, first: int, count: int) -> Tensor:
              gf = torch.flatten(g, 2)
              sf = torch.flatten(s, 2)
              tf = torch.flatten(t, 2)
              yf = torch.flatten(y, 1)
              all = torch.size(yf, 1)
              parts = torch.floordiv(torch.sub(torch.add(all, cells), 1), cells)
              inverse = torch.reciprocal(torch.to(torch.clamp_min(torch.sum(torch.ne(y, 255)), 1), 6))
              wf = torch.flatten(w, 1)
              if weighted:
                inverse = torch.reciprocal(torch.clamp_min(torch.sum(w), 1e-12))
              wkf = torch.flatten(wk, 1)
              inverse_kd = inverse
              if apart:
                inverse_kd = torch.reciprocal(torch.clamp_min(torch.sum(wk), 1e-12))
              ce = torch.zeros_like(inverse)
              kl = torch.zeros_like(inverse)
              plain = torch.eq(tau, 1.)
              for j in range(count):
                i = torch.add(first, j)
                n = torch.floordiv(i, parts)
                start = torch.mul(torch.remainder(i, parts), cells)
                size = ops.prim.min(cells, torch.sub(all, start))
                ids = torch.narrow(torch.select(yf, 0, n), 0, start, size)
                valid = torch.ne(ids, 255)
                v = torch.to(valid, 6)
                if weighted:
                  v = torch.contiguous(torch.narrow(torch.select(wf, 0, n), 0, start, size))
                k = v
                if apart:
                  k = torch.contiguous(torch.narrow(torch.select(wkf, 0, n), 0, start, size))
                index = torch.unsqueeze(torch.mul(torch.to(ids, 4), valid), 0)
                sn = torch.contiguous(torch.narrow(torch.select(sf, 0, n), 1, start, size))
                logp = torch.log_softmax(sn, 0)
                _0 = torch.sub_(ce, torch.dot(torch.reshape(torch.gather(logp, 0, index), [-1]), v))
                gn = torch.exp(logp)
                d = gn
                if torch.gt(kd, 0.):
                  ls = logp
                  tn = torch.contiguous(torch.narrow(torch.select(tf, 0, n), 1, start, size))
                  ps = gn
                  if plain:
                    pass
                  else:
                    ls = torch.log_softmax(torch.div_(sn, tau), 0)
                    tn = torch.div(tn, tau)
                    ps = torch.exp(ls)
                  lt = torch.log_softmax(tn, 0)
                  pt = torch.exp(lt)
                  _2 = torch.mul_(torch.sub_(lt, ls), pt)
                  _3 = torch.add_(kl, torch.sum(torch.mv(lt, k)))
                  d = torch.sub_(pt, ps)
                  if apart:
                    pass
                  else:
                    _4 = torch.add_(gn, d, alpha=torch.neg(torch.mul(kd, tau)))
                _5 = torch.scatter_add_(gn, 0, index, torch.full_like(torch.unsqueeze(v, 0), -1.))
                go = torch.narrow(torch.select(gf, 0, n), 1, start, size)
                _6 = torch.mul(gn, torch.mul(v, inverse), out=go)
                if apart:
                  _7 = torch.add_(go, torch.mul_(d, torch.mul(k, inverse_kd)), alpha=torch.neg(torch.mul(kd, tau)))
              return torch.stack([torch.mul(ce, inverse), torch.mul(torch.mul(kl, inverse_kd), torch.mul(tau, tau))])
            """;

    /**
     * Writes ∂(λ2·L_hakd + λp·BCE)/∂Z_s of some parts into g; returns their contributions to [BCE, L_hakd, mean S_t, mean of
     * the largest W]. Part i is a group of classes of a frame, with all their cells. If partly, the cells have the weights c;
     * otherwise c is not read.
     */
    private static final String PROJECTED =
            """
            def projected_terms(self: Self, g: Tensor, zs: Tensor, zt: Tensor, y: Tensor, c: Tensor, partly: bool, hakd: float, proj: float, tau: float, by_class: bool, kmm: bool, kem: bool, sharpness: float, group: int, first: int, count: int) -> Tensor:
              gf = torch.flatten(g, 2)
              sf = torch.flatten(zs, 2)
              tf = torch.flatten(zt, 2)
              yf = torch.flatten(y, 1)
              classes = torch.size(zs, 1)
              groups = torch.floordiv(torch.sub(torch.add(classes, group), 1), group)
              names = torch.unsqueeze(torch.arange(classes, dtype=0, device=ops.prim.device(zs)), 1)
              cells = torch.mul(torch.to(torch.clamp_min(torch.sum(torch.ne(y, 255)), 1), 6), classes)
              cf = torch.flatten(c, 1)
              if partly:
                cells = torch.mul(torch.clamp_min(torch.sum(c), 1e-12), classes)
              supervision = torch.div(torch.full_like(cells, proj), cells)
              scale = torch.div(1., torch.mul(torch.size(zs, 0), classes))
              bce = torch.zeros_like(cells)
              loss = torch.zeros_like(cells)
              share = torch.zeros_like(cells)
              largest = torch.zeros_like(cells)
              plain = torch.eq(tau, 1.)
              for j in range(count):
                i = torch.add(first, j)
                n = torch.floordiv(i, groups)
                start = torch.mul(torch.remainder(i, groups), group)
                size = ops.prim.min(group, torch.sub(classes, start))
                ids = torch.select(yf, 0, n)
                column = torch.to(torch.ne(ids, 255), 6)
                plane = torch.unsqueeze(column, 0)
                weight = column
                teach = supervision
                if partly:
                  weight = torch.contiguous(torch.select(cf, 0, n))
                  teach = torch.unsqueeze(torch.mul(weight, supervision), 0)
                sg = torch.to(torch.eq(torch.unsqueeze(ids, 0), torch.narrow(names, 0, start, size)), 6)
                _2 = torch.add_(torch.mul_(sg, -2.), plane)
                a = torch.mul(sg, torch.narrow(torch.select(sf, 0, n), 0, start, size))
                hs = torch.softplus(a)
                _3 = torch.add_(bce, torch.sum(torch.mv(hs, weight)))
                gn = torch.narrow(torch.select(gf, 0, n), 0, start, size)
                if torch.gt(hakd, 0.):
                  labelled = torch.clamp_min(torch.sum(column), 1.)
                  m = torch.mul(sg, torch.narrow(torch.select(tf, 0, n), 0, start, size))
                  if kmm:
                    st = torch.add_(torch.add_(torch.softplus(m), hs), 1e-08)
                    _4 = torch.div(hs, st, out=st)
                    _5 = torch.add_(share, torch.sum(torch.mv(st, weight)))
                    _6 = torch.mul_(torch.sub_(m, a), st)
                  else:
                    _7 = torch.sub_(m, a)
                  ah = torch.add(a, m)
                  d = torch.sub(hs, torch.softplus(ah))
                  if kem:
                    e = torch.add_(torch.clamp_min(d, 0.), hs)
                    if torch.ne(sharpness, 1.):
                      _12 = torch.mul_(e, sharpness)
                    _16 = torch.add_(e, torch.mul(torch.sub(plane, 1.), 1e+30))
                    if by_class:
                      w = torch.mul_(torch.softmax(e, 0), torch.div(torch.mul(plane, classes), labelled))
                    else:
                      w = torch.softmax(e, 1)
                      if torch.eq(int(torch.sum(column)), 0):
                        _8 = torch.zero_(w)
                  else:
                    w = torch.clone(torch.expand_as(torch.div(plane, labelled), a), memory_format=0)
                  if partly:
                    _20 = torch.mul_(w, torch.unsqueeze(weight, 0))
                  _9 = torch.add_(largest, torch.sum(torch.amax(w, [1])), alpha=scale)
                  if plain:
                    p = torch.sigmoid_(a)
                  else:
                    u = torch.div(a, tau)
                    d = torch.sub(torch.softplus(u), torch.softplus(torch.div_(ah, tau)))
                    _10 = torch.div_(m, tau)
                    _11 = torch.sigmoid_(a)
                    p = torch.sigmoid_(u)
                  q = torch.sigmoid_(ah)
                  _13 = torch.add_(torch.mul_(m, q), d)
                  _14 = torch.add_(loss, torch.dot(torch.reshape(m, [-1]), torch.reshape(w, [-1])), alpha=torch.mul(scale, torch.mul(tau, tau)))
                  _15 = torch.mul_(torch.sub(p, q, out=q), w)
                  _17 = torch.add_(torch.mul_(a, teach), q, alpha=torch.mul(torch.mul(hakd, tau), scale))
                  _18 = torch.mul(a, sg, out=gn)
                else:
                  _19 = torch.mul(torch.mul_(torch.sigmoid_(a), teach), sg, out=gn)
              return torch.stack([torch.div(bce, cells), loss, torch.div(share, cells), largest])
            """;

    static final String METHODS = LOGITS + PROJECTED;

    private DistillationScript() {}
}
