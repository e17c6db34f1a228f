package dev.cerberus.training.evaluation;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * The rows of a benchmark as a Markdown table.
 */
public final class BenchTable {

    private static final List<String> HEADER = List.of("mode", "category", "prompts", "tokens", "tokens/s", "speedup",
            "tokens/step", "zero-accept", "skipped", "identical");

    private BenchTable() {
    }

    /**
     * Returns the table.
     * @param rows the rows in their order
     * @return Markdown that lines up as plain text too
     */
    public static String of(List<BenchRow> rows) {
        return table(rows).toString();
    }

    static ResultTable table(List<BenchRow> rows) {
        ResultTable table = new ResultTable(2, HEADER);
        for (BenchRow row : rows) {
            table.row(List.of(row.mode(), row.category(), Integer.toString(row.prompts()), Long.toString(row.tokens()),
                    decimal(row.tokensPerSecond(), 1), decimal(row.speedup(), 2), decimal(row.acceptanceLength(), 2),
                    percent(row.zeroAcceptShare()), percent(row.skipShare()), decimal(row.identical(), 3)));
        }
        return table;
    }

    static String percent(double share) {
        return decimal(100 * share, 1) + " %";
    }

    static String decimal(double value, int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
    }

}
