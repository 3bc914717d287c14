namespace TrainService.Specification.Tests.Reading;

public class KerasFormTests
{
    [Fact]
    public void What_Keras_serializes_is_read_and_its_own_machinery_passed_over()
    {
        (ComponentValue? value, IReadOnlyList<SpecError> errors) = Toys.Read("""
            {"module": "keras.layers", "class_name": "Cube", "registered_name": null, "build_config": {"input_shape": [null, 3]},
             "config": {"size": 4, "name": "cube_1", "dtype": {"class_name": "DTypePolicy", "config": {"name": "float32"}}, "trainable": true,
                        "shade": {"module": "builtins", "class_name": "function", "config": "plain"}, "kernel_constraint": null, "weight": null}}
            """);

        errors.ShouldBeEmpty();
        value!.Arguments.Integer("size").ShouldBe(4);
        value.Arguments.Text("name").ShouldBe("cube_1");
        value.Arguments.Value("shade").Descriptor.Name.ShouldBe("plain");
        value.Arguments.Has("weight").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"class_name": "Cube", "config": {"size": 4, "trainable": false}}""", "/config/trainable", "unknown_key")]
    [InlineData("""{"class_name": "Cube", "config": {"size": 4, "kernel_constraint": "max_norm"}}""", "/config/kernel_constraint", "unknown_key")]
    [InlineData("""{"class_name": "Cube", "config": {"size": null}}""", "/config/size", "wrong_type")]
    [InlineData("""{"class_name": "Cube", "config": {"size": 4}, "colour": 1}""", "/colour", "unknown_key")]
    [InlineData("""{"class_name": "Cub", "config": {}}""", "/class_name", "unknown_name")]
    [InlineData("""{"class_name": 4, "config": {}}""", "/class_name", "wrong_type")]
    [InlineData("""{"class_name": "Cube", "config": [1]}""", "/config", "wrong_type")]
    [InlineData("""{"class_name": "Cube"}""", "/config/size", "required")]
    public void What_would_change_the_numbers_is_never_passed_over(string json, string pointer, string code)
    {
        SpecError error = Toys.Read(json).Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }

    [Fact]
    public void In_our_own_form_nothing_is_passed_over()
        => Toys.Read("""{"type": "cube", "size": 4, "dtype": "float32"}""").Errors.ShouldHaveSingleItem().Code.ShouldBe("unknown_key");
}
