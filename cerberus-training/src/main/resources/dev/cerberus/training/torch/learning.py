# Heads that learn: loss, gradient and optimizer around the one definition of the heads.
#
# ps: parameters. momenta, variances: of their gradients. All are float32; what the heads compute with is rounded to
# TYPE() once a step. In training every matrix is a tensor among the others, so that one list of weights is both lists of
# the heads.
#
# data: hidden states as bytes of bf16, [n, 2 * hidden]; rows of the embedding table, [n, roots of a position]; labels as
# rows of the draft vocabulary, [heads, n, choices]; their weights, likewise; for heads with transitions the rows of the
# tokens before the labels, [heads - 1, n]. fixed: embedding table, scale of the hidden states, [1], and the LM head when
# it is not trained.

# Returns a copy in the type that is computed with. A copy in any case: the memory of an array made from Java's goes when
# the array is closed.
def typed(self, a: List[Tensor]) -> Tensor:
    return torch.clone(torch.to(a[0], self.TYPE()))

# Returns what the heads compute with, made from the parameters.
def leaves(self, ps: List[Tensor], train: bool) -> List[Tensor]:
    all = annotate(List[Tensor], [])
    for i in range(torch.len(ps)):
        _0 = torch.append(all, torch.clone(torch.to(torch.detach(ps[i]), self.TYPE())))
    if train:
        for i in range(torch.len(all)):
            _1 = torch.requires_grad_(all[i], True)
    return all

# Returns scores, [heads, n, draft vocabulary].
def scores(self, data: List[Tensor], fixed: List[Tensor], leaves: List[Tensor]) -> Tensor:
    ws = annotate(List[Tensor], [])
    for i in range(torch.len(leaves)):
        _0 = torch.append(ws, leaves[i])
    if not self.TRAINS_OUTPUT():
        _1 = torch.append(ws, fixed[2])
    h = torch.to(torch.view_copy(data[0], dtype=15), 6)
    h = torch.to(h * fixed[1], self.TYPE())
    e = torch.reshape(torch.embedding(fixed[0], data[1]), [torch.size(h, 0), -1])
    return self.followed(self.logits(self.states(h, e, ws, ws), ws, ws), torch.slice(data, 4), ws)

# rates: learning rate, that of the LM head, number of the step from 1, weight decay. Returns the loss of each head and
# the norm of the gradient, [heads + 1]; nothing is changed unless these are finite.
#
# The loss is differentiated by hand down to the scores, the largest tensor by far, and by autograd from there.
def step(self, data: List[Tensor], fixed: List[Tensor], ps: List[Tensor], momenta: List[Tensor],
         variances: List[Tensor], rates: List[Tensor]) -> Tensor:
    torch.set_grad_enabled(True)
    leaves = self.leaves(ps, True)
    y = self.scores(data, fixed, leaves)
    torch.set_grad_enabled(False)
    logits = torch.to(torch.detach(y), 6)
    size = torch.logsumexp(logits, [2], True)
    picked = torch.gather(logits, 2, data[2])
    losses = torch.sum((size - picked) * data[3], [1, 2])
    mass = torch.sum(data[3], [2], True)
    p = torch.mul_(torch.exp_(torch.sub_(logits, size)), mass)
    p = torch.scatter_add_(p, 2, data[2], -data[3])
    seeds = annotate(List[Optional[Tensor]], [torch.to(p, self.TYPE())])
    grads = torch.grad([y], leaves, seeds)
    gs = annotate(List[Tensor], [])
    square = torch.zeros([1], device=ops.prim.device(y))
    for i in range(torch.len(leaves)):
        g = self.gradient(grads[i], ps[i], i)
        square = square + torch.sum(g * g)
        _0 = torch.append(gs, g)
    norm = torch.sqrt(square)
    finite = torch.all(torch.isfinite(torch.cat([losses, norm], 0)))
    if bool(finite):
        factor = torch.clamp(torch.reciprocal(norm + 1e-6), None, 1.)
        for i in range(torch.len(ps)):
            self.learn(ps[i], momenta[i], variances[i], gs[i] * factor, i, rates[0])
    torch.set_grad_enabled(True)
    return torch.cat([losses, norm], 0)

# Returns the gradient of a parameter in float32, zeros where the loss does not depend on it.
#
# A block's bias belongs to its gated half alone; the fused bias has a place for the residual half too, which stays zero.
def gradient(self, found: Optional[Tensor], p: Tensor, i: int) -> Tensor:
    g = torch.zeros_like(p)
    if torch.__isnot__(found, None):
        g = torch.to(unchecked_cast(Tensor, found), 6)
    if self.HALVED_BIASES() and i % 2 == 1 and i < self.BLOCK_WEIGHTS():
        _0 = torch.zero_(torch.select(torch.reshape(g, [-1, 2, self.HIDDEN()]), 1, 0))
    return g

# One step of AdamW.
def learn(self, parameter: Tensor, m: Tensor, v: Tensor, g: Tensor, i: int, rates: Tensor) -> None:
    rate = float(rates[0])
    if i == self.LM_HEAD():
        rate = float(rates[1])
    t = float(rates[2])
    decay = float(rates[3])
    p = torch.detach(parameter)
    _0 = torch.add_(torch.mul_(m, 0.9), g, alpha=0.1)
    _1 = torch.addcmul_(torch.mul_(v, 0.95), g, g, value=0.05)
    root = torch.add_(torch.sqrt(v / (1. - torch.pow(0.95, t))), 1e-8)
    _2 = torch.mul_(p, 1. - rate * decay)
    _3 = torch.addcdiv_(p, m, root, value=-(rate / (1. - torch.pow(0.9, t))))

# Returns for each head the sum of the losses and the weight of the labels found at each rank, [heads, 1 + ranks]; of
# several labels the first counts.
def measure(self, data: List[Tensor], fixed: List[Tensor], ps: List[Tensor]) -> Tensor:
    torch.set_grad_enabled(False)
    logits = torch.to(self.scores(data, fixed, self.leaves(ps, False)), 6)
    picked = torch.gather(logits, 2, torch.slice(data[2], 2, 0, 1))
    weight = torch.squeeze(torch.slice(data[3], 2, 0, 1), 2)
    nats = torch.squeeze(torch.logsumexp(logits, [2], True), 2) - torch.squeeze(picked, 2)
    rank = torch.sum(torch.gt(logits, picked), [2], False)
    rows = [torch.sum(nats * weight, [1])]
    for i in range(self.RANKS()):
        hit = torch.to(torch.eq(rank, i), 6)
        _0 = torch.append(rows, torch.sum(hit * weight, [1]))
    torch.set_grad_enabled(True)
    return torch.stack(rows, 1)
