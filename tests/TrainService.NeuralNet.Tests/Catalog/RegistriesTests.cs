using TrainService.NeuralNet.Catalog;
using TrainService.Specification;

namespace TrainService.NeuralNet.Tests.Catalog;

public class RegistriesTests
{
    public static TheoryData<string, string> Everything()
    {
        var data = new TheoryData<string, string>();
        foreach (ComponentRegistry registry in Registries.All.Registries)
            foreach (ComponentDescriptor descriptor in registry.Descriptors)
                data.Add(registry.Category, descriptor.Name);
        return data;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Can_be_made_with_its_defaults_unless_something_is_required(string category, string name)
    {
        ComponentDescriptor descriptor = Registries.All[category].Find(name)!;
        if (descriptor.Arguments.Any(a => a.Required)) Components.Errors(category, $"\"{name}\"").ShouldNotBeEmpty();
        else Registries.All.WithDefaults(category, name).Create().ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Says_what_it_is_and_where_it_comes_from(string category, string name)
    {
        ComponentDescriptor descriptor = Registries.All[category].Find(name)!;
        descriptor.Summary.ShouldEndWith(".");
        descriptor.Advice.ShouldEndWith(".");
        descriptor.Source.ShouldNotBeNullOrWhiteSpace();
        foreach (ArgumentSpec argument in descriptor.Arguments) argument.Description.ShouldEndWith(".");
    }
}
