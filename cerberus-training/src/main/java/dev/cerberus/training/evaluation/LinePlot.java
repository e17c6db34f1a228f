package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines over a plane whose axes begin at 0, with a legend beside them. Not thread-safe.
 */
final class LinePlot {

    private static final int HEIGHT = 420;

    private static final double LEFT = 64;

    private static final double RIGHT = 640;

    private static final double TOP = 36;

    private static final double BOTTOM = HEIGHT - 52;

    private static final List<String> DASHES = List.of("", "8 3", "2 3", "10 3 2 3", "5 5", "12 4");

    private final String title;

    private final String across;

    private final String up;

    private final List<Line> lines = new ArrayList<>();

    private double highest;

    private record Line(String name, String colour, boolean dots, double[] x, double[] y) {
    }

    LinePlot(String title, String across, String up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /** Makes room up to this value, whatever the lines need. */
    LinePlot upTo(double value) {
        this.highest = value;
        return this;
    }

    void line(String name, String colour, double[] x, double[] y) {
        this.lines.add(new Line(name, colour, true, x.clone(), y.clone()));
    }

    /** Adds a straight line to compare with. */
    void reference(String name, String colour, double x1, double y1, double x2, double y2) {
        this.lines.add(new Line(name, colour, false, new double[] { x1, x2 }, new double[] { y1, y2 }));
    }

    /**
     * Draws it.
     * @param sentence what there is to see
     * @return an SVG file
     */
    String draw(String sentence) {
        int longest = this.lines.stream().mapToInt((line) -> line.name().length()).max().orElse(0);
        SvgPicture picture = new SvgPicture((int) (RIGHT + 64 + SvgPicture.CHARACTER * longest), HEIGHT);
        PlotAxis across = PlotAxis.upTo(this.lines.stream().mapToDouble((line) -> most(line.x())).max().orElse(1));
        PlotAxis up = PlotAxis
            .upTo(Math.max(this.highest, this.lines.stream().mapToDouble((line) -> most(line.y())).max().orElse(1)));
        picture.text(LEFT, 20, "start", this.title);
        axes(picture, across, up);
        for (int i = 0; i < this.lines.size(); i++) {
            Line line = this.lines.get(i);
            String dashes = DASHES.get(i % DASHES.size());
            double[] x = new double[line.x().length];
            double[] y = new double[x.length];
            for (int k = 0; k < x.length; k++) {
                x[k] = across.place(line.x()[k], LEFT, RIGHT);
                y[k] = up.place(line.y()[k], BOTTOM, TOP);
                if (line.dots()) {
                    picture.dot(x[k], y[k], line.colour());
                }
            }
            picture.path(x, y, line.colour(), dashes);
            double at = TOP + 12 + 20 * i;
            picture.line(RIGHT + 16, at, RIGHT + 44, at, line.colour(), 2, dashes);
            picture.text(RIGHT + 50, at + 4, "start", line.name());
        }
        return picture.finish(this.title, sentence);
    }

    private void axes(SvgPicture picture, PlotAxis across, PlotAxis up) {
        for (int tick = 0; tick < across.ticks(); tick++) {
            double x = across.place(across.tick(tick), LEFT, RIGHT);
            picture.line(x, TOP, x, BOTTOM, "#dddddd", 1, "");
            picture.text(x, BOTTOM + 16, "middle", across.label(tick));
        }
        for (int tick = 0; tick < up.ticks(); tick++) {
            double y = up.place(up.tick(tick), BOTTOM, TOP);
            picture.line(LEFT, y, RIGHT, y, "#dddddd", 1, "");
            picture.text(LEFT - 6, y + 4, "end", up.label(tick));
        }
        picture.text((LEFT + RIGHT) / 2, HEIGHT - 14, "middle", this.across);
        picture.textUpwards(16, (TOP + BOTTOM) / 2, this.up);
    }

    private static double most(double[] values) {
        double most = 0;
        for (double value : values) {
            most = Math.max(most, value);
        }
        return most;
    }

}
