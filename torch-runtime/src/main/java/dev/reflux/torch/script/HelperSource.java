package dev.reflux.torch.script;

/** The TorchScript source of the helper. Functions that return 0 change their first list in place. */
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
            def project(self: Self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
              return torch.conv2d(x, weight, bias)
            """;

    private HelperSource() {}
}
