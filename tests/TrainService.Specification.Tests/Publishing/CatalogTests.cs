using TrainService.Specification.Publishing;

namespace TrainService.Specification.Tests.Publishing;

public class CatalogTests
{
    [Fact]
    public void It_lists_every_component_with_its_arguments()
    {
        Catalog catalog = Catalog.Of(Toys.Vocabulary);

        catalog.Categories.Select(c => c.Name).ShouldBe(["shade", "block"]);
        CatalogComponent cube = catalog.Categories[1].Components[0];
        (cube.Name, cube.KerasName, cube.Advice).ShouldBe(("cube", "Cube", "For tests."));
        CatalogArgument size = cube.Arguments[0];
        (size.Name, size.Type, size.Required, size.Minimum, size.Maximum).ShouldBe(("size", "integer", true, 1, 100));
        cube.Arguments.Single(a => a.Name == "finish").Choices.ShouldBe(["matt", "gloss"]);
        cube.Arguments.Single(a => a.Name == "scale").Default!.ToJsonString().ShouldBe("[1,2]");
        cube.Arguments[^1].Name.ShouldBe("name");
    }
}
