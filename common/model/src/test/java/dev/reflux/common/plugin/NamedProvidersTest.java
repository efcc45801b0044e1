package dev.reflux.common.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamedProvidersTest {

    /** A type of extension; META-INF/services of the tests lists its providers in another order than their names'. */
    public interface Shape extends NamedProvider {}

    public static final class Square implements Shape {
        @Override
        public String name() {
            return "square";
        }
    }

    public static final class Circle implements Shape {
        @Override
        public String name() {
            return "circle";
        }
    }

    public static final class OtherSquare implements Shape {
        @Override
        public String name() {
            return "square";
        }
    }

    @Test
    void givenProvidersOnTheClassPath_whenListed_thenTheirNamesAreSorted() {
        List<String> names = NamedProviders.names(Shape.class);

        assertThat(names).containsExactly("circle", "square", "square");
    }

    @Test
    void givenANameInUpperCase_whenRequired_thenItsProviderIsFound() {
        Shape found = NamedProviders.require(Shape.class, "CIRCLE", "trainer.shape");

        assertThat(found).isInstanceOf(Circle.class);
    }

    @Test
    void givenANameOfNoProvider_whenRequired_thenOneSentenceNamesSettingAndChoices() {
        assertThatThrownBy(() -> NamedProviders.require(Shape.class, "star", "trainer.shape"))
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.shape is \"star\", which no jar on the class path provides; choose one of circle,"
                        + " square, square.");
    }

    @Test
    void givenANameOfTwoProviders_whenRequired_thenOneSentenceSaysSo() {
        assertThatThrownBy(() -> NamedProviders.require(Shape.class, "square", "trainer.shape"))
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.shape is \"square\", which 2 jars on the class path provide; remove all but one of"
                        + " them.");
    }
}
