package dev.reflux.evaluation.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HeatMapTest {

    @Test
    void givenAMatrix_whenDrawn_thenEveryCellHasItsShadeAndItsNumber() throws Exception {
        HeatMap map = new HeatMap(
                "a < b", List.of("x", "y"), List.of("p", "q"), new double[][] {{0.25, 1}, {Double.NaN, 0.75}});

        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(map.file())));

        NodeList cells = svg.getElementsByTagName("rect");
        // The first one is the background.
        assertThat(cells.getLength()).isEqualTo(5);
        assertThat(opacity(cells, 1)).isEqualTo("0.250");
        assertThat(opacity(cells, 2)).isEqualTo("1.000");
        assertThat(opacity(cells, 3)).isEqualTo("0.000");
        assertThat(svg.getDocumentElement().getTextContent()).contains("a < b", "0.250", "0.750", "-");
    }

    private static String opacity(NodeList cells, int at) {
        return cells.item(at).getAttributes().getNamedItem("fill-opacity").getNodeValue();
    }
}
