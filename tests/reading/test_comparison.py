import numpy as np
import pytest

from lenet import Predictor, SketchpadError
from lenet.reading.comparison import Comparison, LayerComparison, LayerPair, pair_layers
from lenet.reading.prediction import Layer
from lenet.reading.tracing import Kind
from tests.support.digits import DIGITS


def test_maps_are_ranked_by_how_much_they_differ() -> None:
    a = np.zeros((4, 2, 2), np.float32)
    b = a.copy()
    b[1] = 0.5  # everywhere a little
    a[2, 0, 0] = 4  # much in one place
    b[3, 0, 0] = -2
    layer = LayerComparison(a, b)
    assert layer.ranking.tolist() == [2, 1, 3, 0]
    assert layer.distances.tolist() == [0, 0.5, 1, 0.5]
    assert layer.difference[2, 0, 0] == 4, "positive where A is higher"
    assert (layer.difference[1] == -0.5).all()


def test_a_comparison_ranks_the_maps_of_both_predictions(predictor: Predictor) -> None:
    three, eight = predictor(DIGITS["3"]), predictor(DIGITS["8"])
    comparison = Comparison(three, eight)
    assert len(comparison.layers) == 2
    for layer, maps_a, maps_b in zip(comparison.layers, three.maps, eight.maps, strict=True):
        difference = maps_a - maps_b
        assert np.array_equal(layer.difference, difference)
        means = [np.abs(difference[i]).mean() for i in layer.ranking]
        assert means == sorted(means, reverse=True)
        assert len(set(layer.ranking)) == len(difference)
    turned = Comparison(eight, three)
    assert np.array_equal(turned.layers[1].difference, -comparison.layers[1].difference)
    assert np.array_equal(turned.layers[1].ranking, comparison.layers[1].ranking)


def test_an_input_does_not_differ_from_itself(predictor: Predictor) -> None:
    four = predictor(DIGITS["4"])
    layer = Comparison(four, four).layers[1]
    assert not layer.difference.any()
    assert layer.ranking.tolist() == list(range(16))


def test_maps_of_different_shapes_are_rejected() -> None:
    maps = [np.zeros(shape, np.float32) for shape in ((6, 28, 28), (16, 10, 10))]
    with pytest.raises(SketchpadError, match="same network"):
        LayerComparison(maps[0], maps[1])


def layer(name: str, kind: Kind, *shape: int) -> Layer:
    return Layer(name, kind, np.zeros(shape, np.float32), np.zeros(shape, np.float32))


def test_layers_of_the_same_name_kind_and_shape_form_pairs() -> None:
    c1, c3, s2 = (
        layer("C1", "convolution", 6, 28, 28),
        layer("C3", "convolution", 16, 10, 10),
        layer("S2", "max", 6, 14, 14),
    )
    wide, average = layer("C3", "convolution", 32, 10, 10), layer("S2", "average", 6, 14, 14)
    c5 = layer("C5", "convolution", 120, 1, 1)
    assert pair_layers([c1, s2, c3], [c1, average, wide, c5]) == [
        LayerPair(c1, c1),
        LayerPair(s2, None),
        LayerPair(None, average),
        LayerPair(c3, None),
        LayerPair(None, wide),
        LayerPair(None, c5),
    ]
    assert pair_layers([c1, c5], []) == [LayerPair(c1, None), LayerPair(c5, None)]
