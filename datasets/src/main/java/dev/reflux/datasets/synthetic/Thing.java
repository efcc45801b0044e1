package dev.reflux.datasets.synthetic;

/**
 * Something that stands, walks or drives in the street.
 *
 * @param kind what it is
 * @param x metres right of the road's middle
 * @param z metres along the street, its near end
 * @param width metres across (buildings: along the street)
 * @param height metres
 * @param colour 0xRRGGBB
 * @param speed metres a second along the street
 * @param look picks a variant
 */
record Thing(Kind kind, float x, float z, float width, float height, int colour, float speed, int look) {

    enum Kind {
        BUILDING,
        TREE,
        POLE,
        CAR,
        PERSON
    }

    /** Where its near end is after some seconds. */
    float zAt(float seconds) {
        return z + speed * seconds;
    }
}
