package dev.reflux.teacher.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHeadFile;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The teacher that ships: it must know the scenes that the quickstart streams, and have been made for them. */
class SyntheticTeacherTest {

    private static final Path CARD = Path.of("../../models/teacher-synthetic.json");

    @Test
    void givenTheScenesOfTheQuickstart_whenItIsScored_thenItReachesWhatItsCardSays() {
        ModelCard card = ModelCard.read(CARD);
        DatasetSplit test = new DatasetSplit(DatasetCatalog.open("synthetic"), "test");
        try (TorchRuntime runtime = TorchRuntime.start(TorchOptions.cpu());
                SegmentationModel model = SegmentationModel.load(runtime, CARD, SegmentationModel.Mode.INFERENCE)) {

            SegmentationScore score = ModelScorer.score(runtime, model, test, 4);

            assertThat(score.miou()).isGreaterThan(0.8);
            assertThat(100 * score.miou())
                    .isCloseTo(card.metrics().at("/test/miou").asDouble(), org.assertj.core.api.Assertions.within(0.3));
            assertThat(score.perDomain()).hasSize(4).allSatisfy((domain, miou) -> assertThat(miou)
                    .isGreaterThan(0.75));
        }
        ProjectionHeadFile.read(Path.of("../../models/teacher-synthetic.projection.safetensors"))
                .requireFor(card);
    }
}
