package dev.reflux.cli.fleet;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.WantedLabel;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The address under which an annotation tool finds the image of a frame. Reflux stores no frames: whoever keeps them says
 * where. Immutable.
 *
 * @param template the address with {frame} and {camera} in place of the ids
 */
record ImageUrl(String template) {

    private static final String FRAME = "{frame}";
    private static final String CAMERA = "{camera}";

    ImageUrl {
        if (!template.contains(FRAME)) {
            throw new UsageException("--image-url is \"" + template + "\" and has no " + FRAME
                    + ", so that all frames would have one image; write it as https://HOST/" + CAMERA + "/" + FRAME
                    + ".jpg.");
        }
    }

    String of(WantedLabel label) {
        return template.replace(CAMERA, encoded(label.getCameraId())).replace(FRAME, encoded(label.getFrameId()));
    }

    /** An id may have slashes, which are folders of the address, and characters that no address may have. */
    private static String encoded(String id) {
        return Arrays.stream(id.split("/", -1))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
