package dev.cerberus.recipe.train;

import java.util.Locale;
import java.util.Map;

/**
 * Source of the TorchScript program that trains a Llama model: forward, loss, gradient
 * and optimizer in one call.
 */
final class TrainingProgram {

    /*
     * Parameters arrive as one list in the order of ModelShape.parameters(). They stay
     * float32; matrices are rounded to bfloat16 (or not, see DTYPE) once a step, and q,
     * k, v as well as gate and up are joined, so that a layer runs four matrix products.
     * A step consists of several micro-batches of four tensors each:
     *
     * tokens [rows, length] int64; positions [n] int64, indices of the flattened rows
     * whose next token counts; targets [n] int64, those next tokens; weights [n] float32,
     * what each counts.
     *
     * The loss layer is differentiated by hand, some rows at a time: its logits [n,
     * vocabulary] would otherwise be the largest tensor by far and be read and written
     * many times. From the gradient of its input, autograd goes on.
     *
     * Optimizer: Muon [1] for the matrices of the layers, Adam with decoupled weight
     * decay for embedding and norms.
     *
     * [1] Muon: an optimizer for hidden layers in neural networks,
     * https://kellerjordan.github.io/posts/muon/
     */

    private static final String SOURCE = """
            def rms(self, x: Tensor, w: Tensor) -> Tensor:
              return x * torch.rsqrt(torch.mean(x * x, [-1], True) + $EPS) * w

            def hidden(self, tokens: Tensor, leaves: List[Tensor]) -> Tensor:
              rows = torch.size(tokens, 0)
              length = torch.size(tokens, 1)
              steps = torch.to(torch.arange($HALF), 6)
              angles = torch.outer(torch.to(torch.arange(length), 6), torch.exp(steps * $LOG_STEP))
              cos = torch.unsqueeze(torch.cos(angles), 1)
              sin = torch.unsqueeze(torch.sin(angles), 1)
              x = torch.embedding(leaves[0], tokens)
              norms = 1 + 4 * $LAYERS
              for i in range($LAYERS):
                h = torch.to(self.rms(x, leaves[norms + 2 * i]), $DTYPE)
                qkv = torch.linear(h, leaves[1 + 4 * i])
                qk = torch.to(torch.narrow(qkv, 2, 0, $ROTATED * $HEAD), 6)
                qk = torch.reshape(qk, [rows, length, $ROTATED, $HEAD])
                a = torch.narrow(qk, 3, 0, $HALF)
                b = torch.narrow(qk, 3, $HALF, $HALF)
                turned = torch.cat([a * cos - b * sin, b * cos + a * sin], 3)
                q = torch.transpose(torch.narrow(turned, 2, 0, $QUERIES), 1, 2)
                k = torch.transpose(torch.narrow(turned, 2, $QUERIES, $KEYS), 1, 2)
                v = torch.to(torch.narrow(qkv, 2, $ROTATED * $HEAD, $KEYS * $HEAD), 6)
                v = torch.transpose(torch.reshape(v, [rows, length, $KEYS, $HEAD]), 1, 2)
                wide = [rows, $KEYS, $SHARE, length, $HEAD]
                flat = [rows, $QUERIES, length, $HEAD]
                k = torch.reshape(torch.expand(torch.unsqueeze(k, 2), wide), flat)
                v = torch.reshape(torch.expand(torch.unsqueeze(v, 2), wide), flat)
                o = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
                o = torch.to(torch.reshape(torch.transpose(o, 1, 2), [rows, length, $QUERIES * $HEAD]), $DTYPE)
                x = x + torch.to(torch.linear(o, leaves[2 + 4 * i]), 6)
                h = torch.to(self.rms(x, leaves[norms + 2 * i + 1]), $DTYPE)
                gu = torch.linear(h, leaves[3 + 4 * i])
                act = torch.silu(torch.narrow(gu, 2, 0, $WIDE)) * torch.narrow(gu, 2, $WIDE, $WIDE)
                x = x + torch.to(torch.linear(act, leaves[4 + 4 * i]), 6)
              return torch.to(self.rms(x, leaves[norms + 2 * $LAYERS]), $DTYPE)

            def leaves(self, ps: List[Tensor], train: bool) -> List[Tensor]:
              out = [torch.clone(torch.detach(ps[0]))]
              for i in range($LAYERS):
                j = 1 + 7 * i
                _0 = torch.append(out, torch.to(torch.cat([ps[j], ps[j + 1], ps[j + 2]], 0), $DTYPE))
                _0 = torch.append(out, torch.to(torch.clone(ps[j + 3]), $DTYPE))
                _0 = torch.append(out, torch.to(torch.cat([ps[j + 4], ps[j + 5]], 0), $DTYPE))
                _0 = torch.append(out, torch.to(torch.clone(ps[j + 6]), $DTYPE))
              for i in range(2 * $LAYERS + 1):
                _0 = torch.append(out, torch.clone(torch.detach(ps[1 + 7 * $LAYERS + i])))
              if train:
                for i in range(torch.len(out)):
                  _1 = torch.requires_grad_(out[i], True)
              return out

            def loss(self, data: List[Tensor], ps: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              leaves = self.leaves(ps, False)
              table = torch.to(leaves[0], $DTYPE)
              total = torch.zeros([3])
              for m in range(torch.floordiv(torch.len(data), 4)):
                h = torch.reshape(self.hidden(data[4 * m], leaves), [-1, $HIDDEN])
                h = torch.index_select(h, 0, data[4 * m + 1])
                n = torch.size(h, 0)
                for c in range(torch.floordiv(n + $CHUNK - 1, $CHUNK)):
                  take = ops.prim.min(n - c * $CHUNK, $CHUNK)
                  logits = torch.to(torch.linear(torch.narrow(h, 0, c * $CHUNK, take), table), 6)
                  target = torch.narrow(data[4 * m + 2], 0, c * $CHUNK, take)
                  weight = torch.narrow(data[4 * m + 3], 0, c * $CHUNK, take)
                  picked = torch.squeeze(torch.gather(logits, 1, torch.unsqueeze(target, 1)), 1)
                  nats = torch.logsumexp(logits, [1]) - picked
                  hit = torch.to(torch.eq(torch.argmax(logits, 1), target), 6)
                  total = total + torch.stack([torch.sum(nats * weight), torch.sum(weight), torch.sum(hit * weight)])
              return total

            def orthogonal(self, g: Tensor) -> Tensor:
              tall = torch.gt(torch.size(g, 0), torch.size(g, 1))
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

            def step(self, data: List[Tensor], ps: List[Tensor], ms: List[Tensor], vs: List[Tensor],
                     hs: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(True)
              h0 = hs[0]
              muon_rate = float(h0[0])
              adam_rate = float(h0[1])
              muon_decay = float(h0[2])
              adam_decay = float(h0[3])
              momentum = float(h0[4])
              clip = float(h0[5])
              z_weight = float(h0[6])
              t = float(h0[7])
              matrices_by_muon = torch.gt(float(h0[8]), 0.5)
              leaves = self.leaves(ps, True)
              table = torch.to(torch.detach(leaves[0]), $DTYPE)
              gs = annotate(List[Tensor], [])
              for i in range(torch.len(leaves)):
                _0 = torch.append(gs, torch.zeros_like(torch.to(torch.detach(leaves[i]), 6)))
              sums = torch.zeros([2])
              count = torch.zeros([1])
              batches = torch.floordiv(torch.len(data), 4)
              for m in range(batches):
                count = count + torch.sum(data[4 * m + 3])
              for m in range(batches):
                h = torch.reshape(self.hidden(data[4 * m], leaves), [-1, $HIDDEN])
                h = torch.index_select(h, 0, data[4 * m + 1])
                torch.set_grad_enabled(False)
                hd = torch.detach(h)
                n = torch.size(hd, 0)
                dh = torch.empty_like(hd)
                for c in range(torch.floordiv(n + $CHUNK - 1, $CHUNK)):
                  take = ops.prim.min(n - c * $CHUNK, $CHUNK)
                  hc = torch.narrow(hd, 0, c * $CHUNK, take)
                  logits = torch.to(torch.linear(hc, table), 6)
                  target = torch.unsqueeze(torch.narrow(data[4 * m + 2], 0, c * $CHUNK, take), 1)
                  weight = torch.unsqueeze(torch.narrow(data[4 * m + 3], 0, c * $CHUNK, take), 1)
                  scale = weight / count
                  picked = torch.gather(logits, 1, target)
                  size = torch.logsumexp(logits, [1], True)
                  nats = torch.sum((size - picked) * weight)
                  sums = torch.add_(sums, torch.stack([nats, torch.sum(size * size * weight)]))
                  p = torch.exp_(torch.sub_(logits, size))
                  p = torch.mul_(p, scale * (size * (2. * z_weight) + 1.))
                  p = torch.scatter_add_(p, 1, target, torch.neg(scale))
                  d = torch.to(p, $DTYPE)
                  _1 = torch.copy_(torch.narrow(dh, 0, c * $CHUNK, take), torch.mm(d, table))
                  _2 = torch.add_(gs[0], torch.mm(torch.t(d), hc))
                torch.set_grad_enabled(True)
                seeds = annotate(List[Optional[Tensor]], [dh])
                grads = torch.grad([h], leaves, seeds)
                torch.set_grad_enabled(False)
                for i in range(torch.len(leaves)):
                  g = grads[i]
                  if torch.__isnot__(g, None):
                    _3 = torch.add_(gs[i], unchecked_cast(Tensor, g))
                torch.set_grad_enabled(True)
              torch.set_grad_enabled(False)
              square = torch.zeros([])
              for i in range(torch.len(gs)):
                square = square + torch.sum(gs[i] * gs[i])
              norm = torch.sqrt(square)
              factor = torch.clamp(torch.reciprocal(norm + 1e-6) * clip, None, 1.)
              split = [gs[0]]
              for i in range($LAYERS):
                qkv = gs[1 + 4 * i]
                _4 = torch.append(split, torch.narrow(qkv, 0, 0, $QUERIES * $HEAD))
                _4 = torch.append(split, torch.narrow(qkv, 0, $QUERIES * $HEAD, $KEYS * $HEAD))
                _4 = torch.append(split, torch.narrow(qkv, 0, $ROTATED * $HEAD, $KEYS * $HEAD))
                _4 = torch.append(split, gs[2 + 4 * i])
                gu = gs[3 + 4 * i]
                _4 = torch.append(split, torch.narrow(gu, 0, 0, $WIDE))
                _4 = torch.append(split, torch.narrow(gu, 0, $WIDE, $WIDE))
                _4 = torch.append(split, gs[4 + 4 * i])
              for i in range(2 * $LAYERS + 1):
                _4 = torch.append(split, gs[1 + 4 * $LAYERS + i])
              for i in range(torch.len(ps)):
                g0 = split[i] * factor
                p0 = torch.detach(ps[i])
                m0 = ms[i]
                v0 = vs[i]
                matrix = torch.__and__(torch.gt(i, 0), torch.le(i, 7 * $LAYERS))
                if torch.__and__(matrix, matrices_by_muon):
                  m0 = torch.add_(torch.mul_(m0, momentum), g0)
                  o = self.orthogonal(torch.add(g0, m0, alpha=momentum))
                  ratio = float(torch.size(g0, 0)) / float(torch.size(g0, 1))
                  stretch = torch.sqrt(ratio)
                  if torch.lt(stretch, 1.):
                    stretch = 1.
                  p0 = torch.add_(torch.mul_(p0, 1. - muon_rate * muon_decay), o, alpha=-(muon_rate * stretch))
                else:
                  decay = adam_decay
                  if torch.gt(i, 7 * $LAYERS):
                    decay = 0.
                  rate = adam_rate
                  m0 = torch.add_(torch.mul_(m0, 0.9), g0, alpha=0.1)
                  v0 = torch.addcmul_(torch.mul_(v0, 0.95), g0, g0, value=0.05)
                  root = torch.sqrt(v0 / (1. - torch.pow(0.95, t))) + 1e-8
                  p0 = torch.mul_(p0, 1. - rate * decay)
                  p0 = torch.addcdiv_(p0, m0, root, value=-(rate / (1. - torch.pow(0.9, t))))
              return torch.cat([sums, count, torch.reshape(norm, [1])], 0)
            """;

    private TrainingProgram() {
    }

    /**
     * Returns the program for one shape.
     * @param shape dimensions of the model
     * @param bfloat16 whether matrix products round their operands to bfloat16
     * @param lossRows rows of logits that are in memory at a time
     * @return the source of its methods
     */
    static String source(ModelShape shape, boolean bfloat16, int lossRows) {
        double logStep = -2.0 * Math.log(ModelShape.ROPE_THETA) / shape.headDimension();
        String source = SOURCE;
        // Longer names first would matter only if one name began another; none does.
        for (Map.Entry<String, Object> constant : Map
            .<String, Object>of("$LAYERS", shape.layers(), "$QUERIES", shape.heads(), "$KEYS", shape.keyValueHeads(),
                    "$HEAD", shape.headDimension(), "$WIDE", shape.intermediate(), "$HIDDEN", shape.hidden(), "$DTYPE",
                    bfloat16 ? 15 : 6, "$CHUNK", lossRows)
            .entrySet()) {
            source = source.replace(constant.getKey(), constant.getValue().toString());
        }
        return source.replace("$HALF", Integer.toString(shape.headDimension() / 2))
            .replace("$ROTATED", Integer.toString(shape.heads() + shape.keyValueHeads()))
            .replace("$SHARE", Integer.toString(shape.heads() / shape.keyValueHeads()))
            .replace("$LOG_STEP", String.format(Locale.ROOT, "%.17g", logStep))
            .replace("$EPS", String.format(Locale.ROOT, "%.17g", ModelShape.RMS_NORM_EPSILON));
    }

}
