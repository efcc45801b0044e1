package dev.reflux.trainer.distillation;

/**
 * The loss as TorchScript: the same source on CPU and GPU. Labels are uint8 maps on the tensor's own grid, 255 = ignore.
 * With sg = −1 at the label's class and +1 elsewhere, a = sg·z, BCEWithLogits(z, y) = softplus(a).
 */
final class DistillationScript {

    /**
     * {@code logits_terms} returns [∂(CE + λ1·L_kd)/∂s, CE, L_kd]; {@code projected_terms} returns [∂(λ2·L_hakd +
     * λp·BCE)/∂Z_s, BCE, L_hakd, mean S_t, mean of max W].
     *
     * <p>A frame without any label has weight 0 everywhere: its masked softmax is 0/1, not 0/0.
     */
    static final String METHODS =
            """
            def logits_terms(self: Self, s: Tensor, t: Tensor, y: Tensor, kd: float, tau: float) -> List[Tensor]:
              labels = torch.to(y, 4)
              valid = torch.ne(labels, 255)
              count = torch.clamp_min(torch.sum(valid), 1)
              weight = torch.div(torch.unsqueeze(torch.to(valid, 6), 1), count)
              index = torch.unsqueeze(torch.masked_fill(labels, torch.logical_not(valid), 0), 1)
              logp = torch.log_softmax(s, 1)
              ce = torch.neg(torch.sum(torch.mul(torch.gather(logp, 1, index), weight)))
              g = torch.exp(logp)
              _0 = torch.scatter_add_(g, 1, index, torch.neg(torch.ones_like(weight)))
              kl = torch.zeros_like(ce)
              if torch.gt(kd, 0.):
                lt = torch.log_softmax(torch.div(t, tau), 1)
                ls = logp
                if torch.ne(tau, 1.):
                  ls = torch.log_softmax(torch.div(s, tau), 1)
                pt = torch.exp(lt)
                _1 = torch.sub_(lt, ls)
                _2 = torch.mul_(torch.mul_(lt, pt), weight)
                kl = torch.mul(torch.sum(lt), torch.mul(tau, tau))
                _3 = torch.add_(g, torch.sub(torch.exp(ls), pt), alpha=torch.mul(kd, tau))
              _4 = torch.mul_(g, weight)
              return [g, ce, kl]
            def projected_terms(self: Self, zs: Tensor, zt: Tensor, y: Tensor, hakd: float, proj: float, tau: float, by_class: bool, kmm: bool, kem: bool) -> List[Tensor]:
              n = torch.size(zs, 0)
              c = torch.size(zs, 1)
              labels = torch.to(y, 4)
              valid = torch.ne(labels, 255)
              v = torch.unsqueeze(torch.to(valid, 6), 1)
              cells = torch.mul(torch.to(torch.clamp_min(torch.sum(valid), 1), 6), c)
              index = torch.unsqueeze(torch.masked_fill(labels, torch.logical_not(valid), 0), 1)
              sg = torch.ones_like(zs)
              _0 = torch.scatter_(sg, 1, index, -1.)
              a = torch.mul(sg, zs)
              hs = torch.softplus(a)
              bce = torch.div(torch.sum(torch.mul(hs, v)), cells)
              g = torch.mul(torch.sigmoid_(a), sg)
              _1 = torch.mul_(g, torch.mul(torch.div(v, cells), proj))
              loss = torch.zeros_like(bce)
              share = torch.full_like(bce, -1.)
              largest = torch.full_like(bce, -1.)
              if torch.gt(hakd, 0.):
                perframe = torch.clamp_min(torch.sum(v, [2, 3], True), 1.)
                zh = zt
                if kmm:
                  st = torch.div(hs, torch.add(torch.add(torch.softplus(torch.mul(sg, zt)), hs), 1e-08))
                  share = torch.div(torch.sum(torch.mul(st, v)), cells)
                  zh = torch.add_(torch.mul_(torch.sub(zt, zs), st), zs)
                w = torch.div(v, perframe)
                if kem:
                  dh = torch.clamp_min_(torch.sub(hs, torch.softplus(torch.mul(sg, zh))), 0.)
                  e = torch.masked_fill_(torch.add_(dh, hs), torch.eq(v, 0.), -1e+30)
                  if by_class:
                    w = torch.mul(torch.softmax(e, 1), torch.div(torch.mul(v, c), perframe))
                  else:
                    _2 = torch.sub_(e, torch.amax(e, [2, 3], True))
                    w = torch.mul_(torch.exp_(e), v)
                    _3 = torch.div_(w, torch.clamp_min(torch.sum(w, [2, 3], True), 1e-30))
                else:
                  w = torch.expand_as(w, zs)
                largest = torch.mean(torch.amax(w, [2, 3], False))
                u = torch.div(zs, tau)
                uh = torch.div(zh, tau)
                q = torch.sigmoid(uh)
                kl = torch.sub(torch.softplus(u), torch.softplus(uh))
                _4 = torch.sub_(kl, torch.mul(torch.sub(u, uh), q))
                scale = torch.div(1., torch.mul(n, c))
                loss = torch.mul(torch.sum(torch.mul_(kl, w)), torch.mul(torch.mul(tau, tau), scale))
                _5 = torch.add_(g, torch.mul_(torch.sub_(torch.sigmoid_(u), q), w), alpha=torch.mul(torch.mul(hakd, tau), scale))
              return [g, bce, loss, share, largest]
            """;

    private DistillationScript() {}
}
