package dev.reflux.torch.script;

/** The helper's functions. Lists change in place; the integer that such a function returns means nothing. */
final class HelperSource {

    static final String METHODS =
            """
            def sgd(self: Self, ps: List[Tensor], gs: List[Tensor], ms: List[Tensor], lr: float, momentum: float, wd: float, nesterov: bool, first: bool) -> int:
              torch._fused_sgd_(ps, gs, ms, weight_decay=wd, momentum=momentum, lr=lr, dampening=0., nesterov=nesterov, maximize=False, is_first_step=first)
              return 0
            def adamw(self: Self, ps: List[Tensor], gs: List[Tensor], m1: List[Tensor], m2: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, wd: float, eps: float) -> int:
              torch._foreach_add_(steps, 1)
              none = annotate(List[Tensor], [])
              torch._fused_adamw_(ps, gs, m1, m2, none, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=wd, eps=eps, amsgrad=False, maximize=False)
              return 0
            def norm(self: Self, xs: List[Tensor]) -> float:
              norms = torch._foreach_norm(xs, 2)
              return float(torch.norm(torch.to(torch.stack(norms), 7)))
            def scale(self: Self, xs: List[Tensor], factor: float) -> int:
              torch._foreach_mul_(xs, factor)
              return 0
            def lerp(self: Self, xs: List[Tensor], ys: List[Tensor], weight: float) -> int:
              torch._foreach_lerp_(xs, ys, weight)
              return 0
            def copy(self: Self, xs: List[Tensor], ys: List[Tensor]) -> int:
              torch._foreach_copy_(xs, ys)
              return 0
            def add(self: Self, xs: List[Tensor], ys: List[Tensor], factor: float) -> int:
              torch._foreach_add_(xs, ys, alpha=factor)
              return 0
            def swap(self: Self, xs: List[Tensor], ys: List[Tensor]) -> int:
              for i in range(torch.len(xs)):
                t = torch.clone(xs[i])
                _0 = torch.copy_(xs[i], ys[i])
                _1 = torch.copy_(ys[i], t)
              return 0
            def zero(self: Self, xs: List[Tensor]) -> int:
              torch._foreach_zero_(xs)
              return 0
            def resize(self: Self, x: Tensor, h: int, w: int) -> Tensor:
              return torch.upsample_bilinear2d(x, [h, w], False, None, None)
            def resize_to(self: Self, x: Tensor, size: Tensor) -> Tensor:
              h = int(torch.select(size, 0, 0))
              w = int(torch.select(size, 0, 1))
              return torch.upsample_bilinear2d(x, [h, w], False, None, None)
            def resize_backward(self: Self, g: Tensor, h: int, w: int) -> Tensor:
              n = torch.size(g, 0)
              c = torch.size(g, 1)
              return torch.upsample_bilinear2d_backward(g, [torch.size(g, 2), torch.size(g, 3)], [n, c, h, w], False, None, None)
            def cross_entropy(self: Self, logits: Tensor, labels: Tensor) -> Tensor:
              total = torch.cross_entropy_loss(logits, labels, None, 2, 255)
              labelled = torch.clamp_min(torch.sum(torch.ne(labels, 255)), 1)
              return torch.div(total, labelled)
            def project(self: Self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
              return torch.conv2d(x, weight, bias)
            def nearest(self: Self, labels: Tensor, h: int, w: int) -> Tensor:
              rows = torch.floor_divide(torch.mul(torch.add(torch.mul(torch.arange(h, device=labels.device), 2), 1), torch.size(labels, 1)), torch.mul(h, 2))
              columns = torch.floor_divide(torch.mul(torch.add(torch.mul(torch.arange(w, device=labels.device), 2), 1), torch.size(labels, 2)), torch.mul(w, 2))
              return torch.index_select(torch.index_select(labels, 1, rows), 2, columns)
            """;

    private HelperSource() {}
}
