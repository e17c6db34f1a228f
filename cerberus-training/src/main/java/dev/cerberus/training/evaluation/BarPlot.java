package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bars that lie, in groups, each with its number and what it varies by. Not thread-safe.
 */
final class BarPlot {

    private static final int WIDTH = 900;

    private static final double TOP = 64;

    private static final double BAR = 15;

    private static final double GAP = 12;

    private static final double NUMBER = 48;

    private final String title;

    private final String unit;

    private final List<Group> groups = new ArrayList<>();

    /**
     * One bar.
     *
     * @param series what the legend says of its colour
     * @param colour its colour
     * @param value its length
     * @param spread from where to where single values lie, if there are several
     */
    record Bar(String series, String colour, double value, Optional<double[]> spread) {
    }

    private record Group(String name, List<Bar> bars) {
    }

    BarPlot(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    void group(String name, List<Bar> bars) {
        this.groups.add(new Group(name, List.copyOf(bars)));
    }

    /**
     * Draws it.
     * @param sentence what there is to see
     * @return an SVG file
     */
    String draw(String sentence) {
        double left = 24
                + SvgPicture.CHARACTER * this.groups.stream().mapToInt((each) -> each.name().length()).max().orElse(0);
        double right = WIDTH - NUMBER;
        int bars = this.groups.stream().mapToInt((group) -> group.bars().size()).sum();
        double bottom = TOP + bars * BAR + this.groups.size() * GAP;
        SvgPicture picture = new SvgPicture(WIDTH, (int) bottom + 44);
        PlotAxis axis = PlotAxis.upTo(this.groups.stream()
            .flatMap((group) -> group.bars().stream())
            .mapToDouble((bar) -> Math.max(bar.value(), bar.spread().map((ends) -> ends[1]).orElse(0.0)))
            .max()
            .orElse(1));
        picture.text(left, 20, "start", this.title);
        legend(picture, left);
        for (int tick = 0; tick < axis.ticks(); tick++) {
            double x = axis.place(axis.tick(tick), left, right);
            picture.line(x, TOP, x, bottom, "#dddddd", 1, "");
            picture.text(x, bottom + 16, "middle", axis.label(tick));
        }
        picture.text((left + right) / 2, bottom + 34, "middle", this.unit);
        double y = TOP + GAP / 2;
        for (Group group : this.groups) {
            picture.text(left - 8, y + group.bars().size() * BAR / 2 + 4, "end", group.name());
            for (Bar bar : group.bars()) {
                draw(picture, axis, bar, left, right, y);
                y += BAR;
            }
            y += GAP;
        }
        return picture.finish(this.title, sentence);
    }

    private static void draw(SvgPicture picture, PlotAxis axis, Bar bar, double left, double right, double y) {
        double end = axis.place(bar.value(), left, right);
        picture.bar(left, y + 1, end - left, BAR - 2, bar.colour());
        double middle = y + BAR / 2;
        if (bar.spread().isPresent()) {
            double from = axis.place(bar.spread().get()[0], left, right);
            double to = axis.place(bar.spread().get()[1], left, right);
            picture.line(from, middle, to, middle, "#000000", 1.5, "");
            picture.line(from, middle - 3, from, middle + 3, "#000000", 1.5, "");
            picture.line(to, middle - 3, to, middle + 3, "#000000", 1.5, "");
            end = Math.max(end, to);
        }
        picture.text(end + 6, middle + 4, "start", BenchTable.decimal(bar.value(), 2));
    }

    private void legend(SvgPicture picture, double left) {
        double x = left;
        for (Bar bar : this.groups.isEmpty() ? List.<Bar>of() : this.groups.get(0).bars()) {
            picture.bar(x, 34, 12, 12, bar.colour());
            picture.text(x + 17, 44, "start", bar.series());
            x += 34 + SvgPicture.CHARACTER * bar.series().length();
        }
    }

}
