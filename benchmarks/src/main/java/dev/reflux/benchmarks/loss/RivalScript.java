package dev.reflux.benchmarks.loss;

/**
 * The compared losses as TorchScript for autograd: the same operations as in eager PyTorch, without Python between them.
 * Labels are int64 on the tensors' own grid.
 */
final class RivalScript {

    /** Our formulas at τ = 1, constants detached: w[0]·CE + w[1]·L_kd + w[2]·L_hakd + w[3]·BCE; 255 = ignore. */
    private static final String AUTOGRAD =
            """
            def autograd(self: Self, s: Tensor, t: Tensor, y: Tensor, zs: Tensor, zt: Tensor, yz: Tensor, w: Tensor) -> Tensor:
              valid = torch.ne(y, 255)
              count = torch.clamp_min(torch.sum(valid), 1)
              ce = torch.div(torch.cross_entropy_loss(s, y, None, 2, 255), count)
              lt = torch.log_softmax(t, 1)
              kl = torch.sum(torch.mul(torch.exp(lt), torch.sub(lt, torch.log_softmax(s, 1))), [1])
              kd = torch.div(torch.sum(torch.mul(kl, valid)), count)
              frames = torch.size(zs, 0)
              classes = torch.size(zs, 1)
              labelled = torch.ne(yz, 255)
              v = torch.to(torch.unsqueeze(labelled, 1), 6)
              known = torch.mul(yz, labelled)
              hot = torch.to(torch.permute(torch.one_hot(known, classes), [0, 3, 1, 2]), 6)
              hs = torch.binary_cross_entropy_with_logits(zs, hot, None, None, 0)
              cells = torch.mul(torch.clamp_min(torch.sum(v), 1.), classes)
              bce = torch.div(torch.sum(torch.mul(hs, v)), cells)
              frozen = torch.detach(zs)
              h = torch.detach(hs)
              ht = torch.binary_cross_entropy_with_logits(zt, hot, None, None, 0)
              share = torch.div(h, torch.add(torch.add(ht, h), 1e-08))
              hybrid = torch.add(torch.mul(share, zt), torch.mul(torch.rsub(share, 1.), frozen))
              gain = torch.clamp_min(torch.sub(h, torch.binary_cross_entropy_with_logits(hybrid, hot, None, None, 0)), 0.)
              evidence = torch.masked_fill(torch.add(h, gain), torch.eq(v, 0.), -1e+30)
              weights = torch.mul(torch.view(torch.softmax(torch.flatten(evidence, 2), 2), torch.size(zs)), v)
              target = torch.sigmoid(hybrid)
              entropy = torch.binary_cross_entropy_with_logits(hybrid, target, None, None, 0)
              divergence = torch.sub(torch.binary_cross_entropy_with_logits(zs, target, None, None, 0), entropy)
              hakd = torch.div(torch.sum(torch.mul(weights, divergence)), torch.mul(frames, classes))
              total = torch.add(torch.mul(ce, torch.select(w, 0, 0)), torch.mul(kd, torch.select(w, 0, 1)))
              total = torch.add(total, torch.mul(hakd, torch.select(w, 0, 2)))
              return torch.add(total, torch.mul(bce, torch.select(w, 0, 3)))
            """;

    /**
     * The formulas of a popular article's listing of the method, with its errors: swapped arguments of the divergence,
     * gradients through the shares, two denominators, exponentials without max-subtraction, writes through masks. It
     * supports no ignored label.
     */
    private static final String LISTING =
            """
            def listing(self: Self, s: Tensor, t: Tensor, y: Tensor, zs: Tensor, zt: Tensor) -> Tensor:
              frames = torch.size(s, 0)
              classes = torch.size(s, 1)
              task = torch.cross_entropy_loss(s, y)
              kd = torch.div(torch.kl_div(torch.log_softmax(t, 1), torch.softmax(s, 1), 2), frames)
              hot = torch.to(torch.permute(torch.one_hot(y, classes), [0, 3, 1, 2]), 6)
              ht = torch.binary_cross_entropy_with_logits(zt, hot, None, None, 0)
              hs = torch.binary_cross_entropy_with_logits(zs, hot, None, None, 0)
              share = torch.div(hs, torch.add(torch.add(ht, hs), 1e-08))
              hybrid = torch.add(torch.mul(share, zt), torch.mul(torch.rsub(share, 1.), zs))
              again = torch.to(torch.permute(torch.one_hot(y, classes), [0, 3, 1, 2]), 6)
              hh = torch.binary_cross_entropy_with_logits(hybrid, again, None, None, 0)
              h = torch.binary_cross_entropy_with_logits(zs, again, None, None, 0)
              gain = torch.clamp(torch.sub(h, hh), 0)
              weights = torch.zeros_like(gain)
              mask = torch.gt(gain, 0)
              better = annotate(List[Optional[Tensor]], [mask])
              other = annotate(List[Optional[Tensor]], [torch.bitwise_not(mask)])
              top = torch.exp(torch.add(torch.index(h, better), torch.index(gain, better)))
              plain = torch.exp(h)
              raised = torch.exp(torch.add(h, gain))
              under1 = torch.expand_as(torch.unsqueeze(torch.sum(torch.flatten(raised, 2), [2], True), -1), raised)
              under2 = torch.expand_as(torch.unsqueeze(torch.sum(torch.flatten(plain, 2), [2], True), -1), plain)
              _0 = torch.index_put_(weights, better, torch.div(top, torch.add(torch.index(under1, better), 1e-08)))
              _1 = torch.index_put_(weights, other, torch.div(torch.index(plain, other), torch.add(torch.index(under2, other), 1e-08)))
              pointwise = torch.binary_cross_entropy(torch.sigmoid(zs), torch.sigmoid(hybrid), None, 0)
              hakd = torch.mean(torch.mul(pointwise, weights))
              return torch.add(torch.add(task, kd), torch.mul(hakd, 10.))
            """;

    static final String METHODS = AUTOGRAD + LISTING;

    private RivalScript() {}
}
