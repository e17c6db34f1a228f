# A model of the Llama family in training: forward, loss, gradient and optimizer in one call. The layers are those that
# serve (llama.py); this brings what differs: causal attention over whole texts, and the weights of a step.
#
# ps: parameters, in the order of ModelShape.parameters(): the embedding, seven matrices a layer, two norms a layer, the
# last norm. They stay float32; matrices are rounded to TYPE() once a step, and query, key and value as well as gate and up
# are joined. data: four tensors a micro-batch: tokens, [texts, length]; positions, [n], indices of the flattened rows whose
# next token counts; targets, [n], those next tokens; weights, [n], what each counts.
#
# Muon: an optimizer for hidden layers in neural networks, https://kellerjordan.github.io/posts/muon/

# Returns what a step computes with: the embedding, four matrices a layer, the norms.
def leaves(self, ps: List[Tensor], train: bool) -> List[Tensor]:
    out = [torch.clone(torch.detach(ps[0]))]
    for i in range(self.LAYERS()):
        j = 1 + 7 * i
        _0 = torch.append(out, torch.to(torch.cat([ps[j], ps[j + 1], ps[j + 2]], 0), self.TYPE()))
        _1 = torch.append(out, torch.to(torch.clone(ps[j + 3]), self.TYPE()))
        _2 = torch.append(out, torch.to(torch.cat([ps[j + 4], ps[j + 5]], 0), self.TYPE()))
        _3 = torch.append(out, torch.to(torch.clone(ps[j + 6]), self.TYPE()))
    for i in range(2 * self.LAYERS() + 1):
        _4 = torch.append(out, torch.clone(torch.detach(ps[1 + 7 * self.LAYERS() + i])))
    if train:
        for i in range(torch.len(out)):
            _5 = torch.requires_grad_(out[i], True)
    return out

# The matrices as the layers want them. This is part of what is differentiated, so that gradients come in the order of the
# parameters.
def matrices(self, leaves: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    queries = self.HEADS() * self.DIM()
    keys = self.KV() * self.DIM()
    for i in range(self.LAYERS()):
        qkv = leaves[1 + 4 * i]
        q = self.group_major(self.interleaved(torch.slice(qkv, 0, 0, queries), self.HEADS(), self.DIM()), self.GROUP(), self.KV())
        k = self.interleaved(torch.slice(qkv, 0, queries, queries + keys), self.KV(), self.DIM())
        _0 = torch.append(out, torch.cat([q, k, torch.slice(qkv, 0, queries + keys)], 0))
        _1 = torch.append(out, self.group_major_columns(leaves[2 + 4 * i], self.GROUP(), self.KV()))
        _2 = torch.append(out, leaves[3 + 4 * i])
        _3 = torch.append(out, leaves[4 + 4 * i])
    return out

# Rows of texts of one length, each row after those of its own text. spans: texts, length. turned: [texts * length,
# (heads + 2 kv) * dim], query heads in the order [group, kv].
def attended(self, turned: Tensor, layer: int, spans: List[int], masks: List[Tensor], caches: List[List[Tensor]]) -> Tensor:
    texts = spans[0]
    length = spans[1]
    heads = torch.transpose(torch.reshape(turned, [texts, length, self.HEADS() + 2 * self.KV(), self.DIM()]), 1, 2)
    q = torch.slice(heads, 1, 0, self.HEADS())
    k = torch.slice(heads, 1, self.HEADS(), self.HEADS() + self.KV())
    v = torch.slice(heads, 1, self.HEADS() + self.KV())
    wide = [texts, self.GROUP(), self.KV(), length, self.DIM()]
    flat = [texts, self.HEADS(), length, self.DIM()]
    k = torch.reshape(torch.expand(torch.unsqueeze(k, 1), wide), flat)
    v = torch.reshape(torch.expand(torch.unsqueeze(v, 1), wide), flat)
    o = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
    return torch.reshape(torch.transpose(o, 1, 2), [texts * length, self.HEADS() * self.DIM()])

# What rotary embedding multiplies a row by, for every row: [texts * length, (heads + 2 kv) * dim / 2] complex.
def turns(self, texts: int, length: int) -> Tensor:
    steps = torch.to(torch.arange(torch.floordiv(self.DIM(), 2)), 6)
    angles = torch.outer(torch.to(torch.arange(length), 6), torch.exp(steps * self.LOG_STEP()))
    own = torch.unsqueeze(torch.complex(torch.cos(angles), torch.sin(angles)), 1)
    turning = torch.expand(own, [length, self.HEADS() + self.KV(), -1])
    resting = torch.ones_like(torch.expand(own, [length, self.KV(), -1]))
    turn = torch.reshape(torch.cat([turning, resting], 1), [1, length, -1])
    return torch.reshape(torch.expand(turn, [texts, -1, -1]), [texts * length, -1])

# Returns the hidden states of the rows whose next token counts, [n, hidden].
def hidden(self, tokens: Tensor, counting: Tensor, leaves: List[Tensor]) -> Tensor:
    texts = torch.size(tokens, 0)
    length = torch.size(tokens, 1)
    vs = torch.slice(leaves, 1 + 4 * self.LAYERS())
    ms = self.matrices(leaves)
    turn = self.turns(texts, length)
    x = torch.embedding(leaves[0], torch.reshape(tokens, [-1]))
    for i in range(self.LAYERS()):
        x = self.layer(x, i, turn, [texts, length], annotate(List[Tensor], []), vs, ms, annotate(List[List[Tensor]], []))
    return torch.to(torch.index_select(self.final(x, vs), 0, counting), self.TYPE())

# Returns the sums of the losses, of the weights, and of the weights of targets that are the best guess.
def loss(self, data: List[Tensor], ps: List[Tensor]) -> Tensor:
    torch.set_grad_enabled(False)
    leaves = self.leaves(ps, False)
    table = torch.to(leaves[0], self.TYPE())
    total = torch.zeros([3])
    for m in range(torch.floordiv(torch.len(data), 4)):
        h = self.hidden(data[4 * m], data[4 * m + 1], leaves)
        n = torch.size(h, 0)
        for c in range(torch.floordiv(n + self.LOSS_ROWS() - 1, self.LOSS_ROWS())):
            start = c * self.LOSS_ROWS()
            end = ops.prim.min(n, start + self.LOSS_ROWS())
            logits = torch.to(torch.linear(torch.slice(h, 0, start, end), table), 6)
            target = torch.slice(data[4 * m + 2], 0, start, end)
            weight = torch.slice(data[4 * m + 3], 0, start, end)
            picked = torch.squeeze(torch.gather(logits, 1, torch.unsqueeze(target, 1)), 1)
            nats = torch.logsumexp(logits, [1]) - picked
            hit = torch.to(torch.eq(torch.argmax(logits, 1), target), 6)
            total = total + torch.stack([torch.sum(nats * weight), torch.sum(weight), torch.sum(hit * weight)])
    return total

# settings: those of OptimizerSettings.at. Returns the sums of the losses, of the squared normalizers and of the weights,
# and the norm of the gradient.
def step(self, data: List[Tensor], ps: List[Tensor], momenta: List[Tensor], variances: List[Tensor],
         settings: List[Tensor]) -> Tensor:
    torch.set_grad_enabled(True)
    s = settings[0]
    leaves = self.leaves(ps, True)
    gs = annotate(List[Tensor], [])
    for i in range(torch.len(leaves)):
        _0 = torch.append(gs, torch.zeros_like(torch.to(torch.detach(leaves[i]), 6)))
    sums = torch.zeros([2])
    count = torch.zeros([1])
    batches = torch.floordiv(torch.len(data), 4)
    for m in range(batches):
        count = count + torch.sum(data[4 * m + 3])
    for m in range(batches):
        h = self.hidden(data[4 * m], data[4 * m + 1], leaves)
        torch.set_grad_enabled(False)
        dh = torch.empty_like(torch.detach(h))
        table = torch.to(torch.detach(leaves[0]), self.TYPE())
        seen = self.loss_layer(torch.detach(h), table, data[4 * m + 2], data[4 * m + 3], count, float(s[6]), dh, gs[0])
        sums = torch.add_(sums, seen)
        torch.set_grad_enabled(True)
        seeds = annotate(List[Optional[Tensor]], [dh])
        grads = torch.grad([h], leaves, seeds)
        torch.set_grad_enabled(False)
        for i in range(torch.len(leaves)):
            g = grads[i]
            if torch.__isnot__(g, None):
                _1 = torch.add_(gs[i], unchecked_cast(Tensor, g))
        torch.set_grad_enabled(True)
    torch.set_grad_enabled(False)
    square = torch.zeros([])
    for i in range(torch.len(gs)):
        square = square + torch.sum(gs[i] * gs[i])
    norm = torch.sqrt(square)
    factor = torch.clamp(torch.reciprocal(norm + 1e-6) * float(s[5]), None, 1.)
    split = self.split(gs)
    for i in range(torch.len(ps)):
        matrix = i > 0 and i <= 7 * self.LAYERS()
        if matrix and float(s[8]) > 0.5:
            self.muon(torch.detach(ps[i]), momenta[i], split[i] * factor, float(s[0]), float(s[2]), float(s[4]))
        else:
            decay = float(s[3])
            if i > 7 * self.LAYERS():
                decay = 0.
            self.adam(torch.detach(ps[i]), momenta[i], variances[i], split[i] * factor, float(s[1]), decay, float(s[7]))
    return torch.cat([sums, count, torch.reshape(norm, [1])], 0)

# The loss layer, differentiated by hand, some rows at a time: its logits, [n, vocabulary], would otherwise be the largest
# tensor by far and be read and written many times. Writes the gradient of its input, h, to dh and adds that of its table
# to dtable. Returns the sums of the losses and of the squared normalizers.
def loss_layer(self, h: Tensor, table: Tensor, targets: Tensor, weights: Tensor, count: Tensor, z_weight: float,
               dh: Tensor, dtable: Tensor) -> Tensor:
    n = torch.size(h, 0)
    sums = torch.zeros([2])
    for c in range(torch.floordiv(n + self.LOSS_ROWS() - 1, self.LOSS_ROWS())):
        start = c * self.LOSS_ROWS()
        end = ops.prim.min(n, start + self.LOSS_ROWS())
        some = torch.slice(h, 0, start, end)
        logits = torch.to(torch.linear(some, table), 6)
        target = torch.unsqueeze(torch.slice(targets, 0, start, end), 1)
        weight = torch.unsqueeze(torch.slice(weights, 0, start, end), 1)
        scale = weight / count
        picked = torch.gather(logits, 1, target)
        size = torch.logsumexp(logits, [1], True)
        nats = torch.sum((size - picked) * weight)
        sums = torch.add_(sums, torch.stack([nats, torch.sum(size * size * weight)]))
        p = torch.exp_(torch.sub_(logits, size))
        p = torch.mul_(p, scale * (size * (2. * z_weight) + 1.))
        p = torch.scatter_add_(p, 1, target, -scale)
        d = torch.to(p, self.TYPE())
        _0 = torch.copy_(torch.slice(dh, 0, start, end), torch.mm(d, table))
        _1 = torch.add_(dtable, torch.mm(torch.t(d), some))
    return sums

# Gradients of leaves as gradients of parameters.
def split(self, gs: List[Tensor]) -> List[Tensor]:
    out = [gs[0]]
    queries = self.HEADS() * self.DIM()
    keys = self.KV() * self.DIM()
    for i in range(self.LAYERS()):
        qkv = gs[1 + 4 * i]
        _0 = torch.append(out, torch.slice(qkv, 0, 0, queries))
        _1 = torch.append(out, torch.slice(qkv, 0, queries, queries + keys))
        _2 = torch.append(out, torch.slice(qkv, 0, queries + keys))
        _3 = torch.append(out, gs[2 + 4 * i])
        gate_up = gs[3 + 4 * i]
        _4 = torch.append(out, torch.slice(gate_up, 0, 0, self.WIDE()))
        _5 = torch.append(out, torch.slice(gate_up, 0, self.WIDE()))
        _6 = torch.append(out, gs[4 + 4 * i])
    for i in range(2 * self.LAYERS() + 1):
        _7 = torch.append(out, gs[1 + 4 * self.LAYERS() + i])
    return out

# One step of Muon, for matrices of layers.
def muon(self, p: Tensor, momenta: Tensor, g: Tensor, rate: float, decay: float, momentum: float) -> None:
    m = torch.add_(torch.mul_(momenta, momentum), g)
    o = self.orthogonal(torch.add(g, m, alpha=momentum))
    stretch = torch.sqrt(float(torch.size(g, 0)) / float(torch.size(g, 1)))
    if stretch < 1.:
        stretch = 1.
    _0 = torch.add_(torch.mul_(p, 1. - rate * decay), o, alpha=-(rate * stretch))

# The nearest matrix whose singular values are all about 1, by Newton and Schulz's iteration.
def orthogonal(self, g: Tensor) -> Tensor:
    tall = torch.size(g, 0) > torch.size(g, 1)
    x = torch.to(g, 15)
    if tall:
        x = torch.t(x)
    x = x / (torch.norm(g) + 1e-7)
    x = torch.to(x, 15)
    for i in range(5):
        a = torch.mm(x, torch.t(x))
        b = torch.addmm(a, a, a, beta=-4.7750, alpha=2.0315)
        x = torch.addmm(x, b, x, beta=3.4445, alpha=1.)
    if tall:
        x = torch.t(x)
    return torch.to(x, 6)

# One step of Adam with decoupled weight decay, for embedding and norms. t: number of the step, from 1.
def adam(self, p: Tensor, momenta: Tensor, variances: Tensor, g: Tensor, rate: float, decay: float, t: float) -> None:
    m = torch.add_(torch.mul_(momenta, 0.9), g, alpha=0.1)
    v = torch.addcmul_(torch.mul_(variances, 0.95), g, g, value=0.05)
    root = torch.sqrt(v / (1. - torch.pow(0.95, t))) + 1e-8
    _0 = torch.mul_(p, 1. - rate * decay)
    _1 = torch.addcdiv_(p, m, root, value=-(rate / (1. - torch.pow(0.9, t))))
