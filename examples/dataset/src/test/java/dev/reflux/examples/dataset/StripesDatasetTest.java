package dev.reflux.examples.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;

class StripesDatasetTest {

    @Test
    void givenTheJarOnTheClassPath_whenTheCatalogOpensIt_thenEveryFifthFrameIsATestFrame() {
        Dataset dataset = DatasetCatalog.open("stripes:20");

        assertThat(dataset.frames("test").map(Frame::frameId))
                .containsExactly("stripes/4", "stripes/9", "stripes/14", "stripes/19");
        assertThat(dataset.count("train")).isEqualTo(16);
    }

    @Test
    void givenAFrame_whenDecoded_thenTheStripeIsBrightAndLabeled() throws Exception {
        Dataset dataset = DatasetCatalog.open("stripes");
        Frame frame = dataset.frames("train").skip(2).findFirst().orElseThrow();

        RgbImage image = ImageCodec.standard().decode(frame.image());

        LabelMap label = new LabelMapCodec().decode(frame.label(), dataset.schema(), image.width(), image.height());
        for (int pixel = 0; pixel < label.ids().length; pixel++) {
            assertThat(image.rgb()[3 * pixel] & 0xFF).isEqualTo(label.ids()[pixel] == 1 ? 200 : 40);
        }
        assertThat(label.ids()).contains(0, 1);
    }

    @Test
    void givenTheSameFrame_whenReadTwice_thenItIsTheSame() {
        Dataset dataset = DatasetCatalog.open("stripes:10");

        List<Frame> once = dataset.frames("train").toList();

        List<Frame> twice = dataset.frames("train").toList();
        for (int i = 0; i < once.size(); i++) {
            assertThat(twice.get(i)).usingRecursiveComparison().isEqualTo(once.get(i));
        }
    }

    @Test
    void givenTooFewFramesOrAWord_whenOpened_thenOneSentenceSaysSo() {
        assertThatThrownBy(() -> DatasetCatalog.open("stripes:4"))
                .isInstanceOf(UsageException.class)
                .hasMessage("The data set stripes has no frame in its split \"test\"; add some.");
        assertThatThrownBy(() -> DatasetCatalog.open("stripes:many"))
                .isInstanceOf(UsageException.class)
                .hasMessage("\"stripes:many\" is no data set; write stripes[:FRAMES].");
    }
}
