package dev.reflux.trainer.distillation;

/**
 * The losses as TorchScript: the same source on CPU and GPU, loaded from an archive that Java writes. Labels are uint8
 * maps on the tensor's own grid, 255 = ignore; every method returns the gradient first, then its figures as scalars.
 *
 * <p>With sg = −1 at the label's class, +1 at the others and 0 at ignored pixels, and a = sg·z: BCEWithLogits(z, y) =
 * softplus(a), KL(Bern(σ(ẑ)) ‖ Bern(σ(z))) = softplus(a) − softplus(â) − (a − â)·σ(â) whatever the sign, and a gradient
 * by a becomes one by z through another product with sg, which also takes ignored pixels out. In that frame softplus(a)
 * and softplus(â) serve KMM, KEM and the loss at once.
 *
 * <p>Frame by frame, because a frame's tensors stay in the processor's cache from one operation to the next, where a
 * batch's do not. Masked sums are matrix products with the mask: one pass, and no tensor in between.
 */
final class DistillationScript {

    /** [∂(CE + λ1·L_kd)/∂s, CE, L_kd]. */
    private static final String LOGITS =
            """
            def logits_terms(self: Self, s: Tensor, t: Tensor, y: Tensor, kd: float, tau: float) -> List[Tensor]:
              frames = torch.size(s, 0)
              g = torch.empty_like(s, memory_format=0)
              valid = torch.ne(y, 255)
              inverse = torch.reciprocal(torch.to(torch.clamp_min(torch.sum(valid), 1), 6))
              ce = torch.zeros_like(inverse)
              kl = torch.zeros_like(inverse)
              plain = torch.eq(tau, 1.)
              for n in range(frames):
                v = torch.to(torch.select(valid, 0, n), 6)
                column = torch.reshape(v, [-1])
                index = torch.unsqueeze(torch.mul(torch.to(torch.select(y, 0, n), 4), torch.select(valid, 0, n)), 0)
                gn = torch.select(g, 0, n)
                logp = torch.log_softmax(torch.contiguous(torch.select(s, 0, n)), 0)
                _0 = torch.sub_(ce, torch.dot(torch.reshape(torch.gather(logp, 0, index), [-1]), column))
                _1 = torch.exp(logp, out=gn)
                if torch.gt(kd, 0.):
                  ls = logp
                  tn = torch.contiguous(torch.select(t, 0, n))
                  ps = gn
                  if plain:
                    pass
                  else:
                    ls = torch.log_softmax(torch.div(torch.select(s, 0, n), tau), 0)
                    tn = torch.div(tn, tau)
                    ps = torch.exp(ls)
                  lt = torch.log_softmax(tn, 0)
                  pt = torch.exp(lt)
                  _2 = torch.mul_(torch.sub_(lt, ls), pt)
                  _3 = torch.add_(kl, torch.sum(torch.mv(torch.flatten(lt, 1), column)))
                  _4 = torch.add_(gn, torch.sub_(pt, ps), alpha=torch.neg(torch.mul(kd, tau)))
                _5 = torch.scatter_add_(gn, 0, index, torch.full_like(torch.unsqueeze(v, 0), -1.))
                _6 = torch.mul_(gn, torch.mul(v, inverse))
              return [g, torch.mul_(ce, inverse), torch.mul_(torch.mul_(kl, inverse), torch.mul(tau, tau))]
            """;

    /** [∂(λ2·L_hakd + λp·BCE)/∂Z_s, BCE, L_hakd, mean S_t or −1, mean of the largest W or −1]. */
    private static final String PROJECTED =
            """
            def projected_terms(self: Self, zs: Tensor, zt: Tensor, y: Tensor, hakd: float, proj: float, tau: float, by_class: bool, kmm: bool, kem: bool) -> List[Tensor]:
              frames = torch.size(zs, 0)
              classes = torch.size(zs, 1)
              g = torch.empty_like(zs, memory_format=0)
              valid = torch.ne(y, 255)
              cells = torch.mul(torch.to(torch.clamp_min(torch.sum(valid), 1), 6), classes)
              supervision = torch.div(torch.full_like(cells, proj), cells)
              scale = torch.div(1., torch.mul(frames, classes))
              bce = torch.zeros_like(cells)
              loss = torch.zeros_like(cells)
              share = torch.full_like(cells, -1.)
              largest = torch.full_like(cells, -1.)
              if torch.gt(hakd, 0.):
                _0 = torch.zero_(largest)
                if kmm:
                  _1 = torch.zero_(share)
              plain = torch.eq(tau, 1.)
              for n in range(frames):
                v = torch.to(torch.select(valid, 0, n), 6)
                column = torch.reshape(v, [-1])
                plane = torch.unsqueeze(v, 0)
                index = torch.unsqueeze(torch.mul(torch.to(torch.select(y, 0, n), 4), torch.select(valid, 0, n)), 0)
                sg = torch.clone(torch.expand_as(plane, torch.select(zs, 0, n)), memory_format=0)
                _2 = torch.scatter_(sg, 0, index, torch.neg(plane))
                a = torch.mul(sg, torch.contiguous(torch.select(zs, 0, n)))
                hs = torch.softplus(a)
                _3 = torch.add_(bce, torch.sum(torch.mv(torch.flatten(hs, 1), column)))
                gn = torch.select(g, 0, n)
                if torch.gt(hakd, 0.):
                  count = torch.clamp_min(torch.sum(v), 1.)
                  m = torch.mul(sg, torch.contiguous(torch.select(zt, 0, n)))
                  if kmm:
                    st = torch.add_(torch.add_(torch.softplus(m), hs), 1e-08)
                    _4 = torch.div(hs, st, out=st)
                    _5 = torch.add_(share, torch.sum(torch.mv(torch.flatten(st, 1), column)))
                    _6 = torch.mul_(torch.sub_(m, a), st)
                  else:
                    _7 = torch.sub_(m, a)
                  ah = torch.add(a, m)
                  d = torch.sub(hs, torch.softplus(ah))
                  if kem:
                    e = torch.add_(torch.add_(torch.clamp_min(d, 0.), hs), torch.mul(torch.sub(plane, 1.), 1e+30))
                    if by_class:
                      w = torch.mul_(torch.softmax(e, 0), torch.div(torch.mul(plane, classes), count))
                    else:
                      w = torch.softmax(torch.flatten(e, 1), 1)
                      if torch.eq(int(torch.sum(v)), 0):
                        _8 = torch.zero_(w)
                  else:
                    w = torch.clone(torch.expand_as(torch.div(plane, count), a), memory_format=0)
                  w = torch.view(w, torch.size(a))
                  _9 = torch.add_(largest, torch.sum(torch.amax(torch.flatten(w, 1), [1])), alpha=scale)
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
                  _17 = torch.add_(torch.mul_(a, supervision), q, alpha=torch.mul(torch.mul(hakd, tau), scale))
                  _18 = torch.mul(a, sg, out=gn)
                else:
                  _19 = torch.mul(torch.mul_(torch.sigmoid_(a), supervision), sg, out=gn)
              return [g, torch.div_(bce, cells), loss, torch.div(share, cells), largest]
            """;

    /** Adds weight·∂L_cwd/∂s to g in place; returns [L_cwd]. */
    private static final String CHANNELS =
            """
            def channel_terms(self: Self, g: Tensor, s: Tensor, t: Tensor, weight: float, tau: float) -> List[Tensor]:
              frames = torch.size(s, 0)
              scale = torch.div(tau, torch.mul(frames, torch.size(s, 1)))
              loss = torch.zeros([], dtype=6, device=ops.prim.device(s))
              for n in range(frames):
                ls = torch.log_softmax(torch.div(torch.flatten(torch.select(s, 0, n), 1), tau), 1)
                lt = torch.log_softmax(torch.div(torch.flatten(torch.select(t, 0, n), 1), tau), 1)
                pt = torch.exp(lt)
                _0 = torch.add_(loss, torch.sum(torch.mul_(torch.sub_(lt, ls), pt)), alpha=torch.mul(scale, tau))
                gn = torch.select(g, 0, n)
                _1 = torch.add_(gn, torch.view(torch.sub_(torch.exp_(ls), pt), torch.size(gn)), alpha=torch.mul(weight, scale))
              return [loss]
            """;

    /** Adds weight·∂L_pair/∂z to g in place; returns [L_pair]. */
    private static final String PAIRS =
            """
            def pair_terms(self: Self, g: Tensor, zs: Tensor, zt: Tensor, weight: float, pool: int) -> List[Tensor]:
              frames = torch.size(zs, 0)
              loss = torch.zeros([], dtype=6, device=ops.prim.device(zs))
              for n in range(frames):
                z = torch.contiguous(torch.unsqueeze(torch.select(zs, 0, n), 0))
                pooled = torch.avg_pool2d(z, [pool, pool], [pool, pool])
                fs = torch.flatten(torch.select(pooled, 0, 0), 1)
                ft = torch.flatten(torch.select(torch.avg_pool2d(torch.unsqueeze(torch.select(zt, 0, n), 0), [pool, pool], [pool, pool]), 0, 0), 1)
                length = torch.sqrt(torch.sum(torch.mul(fs, fs), [0], True))
                some = torch.gt(length, 1e-06)
                norm = torch.clamp_min(length, 1e-06)
                us = torch.div(fs, norm)
                ut = torch.div(ft, torch.clamp_min(torch.sqrt(torch.sum(torch.mul(ft, ft), [0], True)), 1e-06))
                diff = torch.sub_(torch.mm(torch.t(us), us), torch.mm(torch.t(ut), ut))
                nodes = torch.size(us, 1)
                scale = torch.div(1., torch.mul(frames, torch.mul(nodes, nodes)))
                _0 = torch.add_(loss, torch.dot(torch.reshape(diff, [-1]), torch.reshape(diff, [-1])), alpha=scale)
                du = torch.mul(torch.mm(us, diff), torch.mul(4., torch.mul(scale, weight)))
                df = torch.div(torch.sub(du, torch.mul(us, torch.sum(torch.mul(us, du), [0], True))), norm)
                dz = torch.avg_pool2d_backward(torch.view(torch.mul(df, some), torch.size(pooled)), z, [pool, pool], [pool, pool], [0, 0], False, True, None)
                _1 = torch.add_(torch.select(g, 0, n), torch.select(dz, 0, 0))
              return [loss]
            """;

    static final String METHODS = LOGITS + PROJECTED + CHANNELS + PAIRS;

    private DistillationScript() {}
}
