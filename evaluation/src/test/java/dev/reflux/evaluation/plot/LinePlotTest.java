package dev.reflux.evaluation.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

class LinePlotTest {

    private static LinePlot plot(LinePlot plot) {
        return plot.with(new LinePlot.Series("a < b & \"c\"", "#000000", false, List.of(at(0, 0), at(5, 2), at(10, 4))))
                .with(new LinePlot.Series("dots", "#ff0000", true, List.of(at(0, 1), at(5, Double.NaN), at(10, 9))));
    }

    private static double[] at(double x, double y) {
        return new double[] {x, y};
    }

    @Test
    void givenSeries_whenDrawnAsAFile_thenItIsXmlWithALineForEachAndEveryPointInItsPlace() throws Exception {
        LinePlot plot = plot(new LinePlot("frames", 10, 4));

        Document drawn = parsed(plot.file());

        assertThat(attribute(drawn, "path", 0, "d")).isEqualTo("M46.0 226.0L377.0 119.0L708.0 12.0");
        assertThat(attribute(drawn, "path", 1, "d"))
                .as("what is not a number is left out, what lies above is drawn at the edge")
                .isEqualTo("M46.0 172.5L708.0 12.0");
        assertThat(attribute(drawn, "circle", 1, "cy")).isEqualTo("12.0");
        assertThat(drawn.getElementsByTagName("text")
                        .item(drawn.getElementsByTagName("text").getLength() - 2))
                .extracting(Node::getTextContent)
                .isEqualTo("a < b & \"c\"");
    }

    @Test
    void givenHalfAPage_whenDrawn_thenTheDrawingIsNarrowerAndNotItsLetters() throws Exception {
        LinePlot wide = plot(new LinePlot("frames", 10, 4));

        Document narrow = parsed(plot(new LinePlot("frames", 10, 4)).narrow().file());

        assertThat(narrow.getDocumentElement().getAttribute("viewBox")).startsWith("0 0 480 ");
        assertThat(attribute(narrow, "path", 0, "d")).isEqualTo("M46.0 226.0L257.0 119.0L468.0 12.0");
        assertThat(parsed(wide.file()).getElementsByTagName("style").item(0).getTextContent())
                .isEqualTo(narrow.getElementsByTagName("style").item(0).getTextContent());
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static String attribute(Document drawn, String tag, int index, String name) {
        return drawn.getElementsByTagName(tag)
                .item(index)
                .getAttributes()
                .getNamedItem(name)
                .getTextContent();
    }
}
