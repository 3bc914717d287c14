using TrainService.Specification;
using TrainService.Specification.Publishing.Documentation;
using TrainService.Training.Compilation;

namespace TrainService.Training.Tests.Compilation;

public class DocumentationTests
{
    public static TheoryData<string> Categories => [.. JobVocabulary.All.Registries.Select(r => r.Category)];

    [Theory]
    [MemberData(nameof(Categories))]
    public void Every_category_says_what_it_is_for_and_every_technique_when_to_use_it(string category)
    {
        ComponentRegistry registry = JobVocabulary.All[category];
        registry.Introduction.Length.ShouldBeGreaterThan(80);
        registry.Introduction.ShouldEndWith(".");
        foreach (ComponentDescriptor descriptor in registry.Descriptors)
        {
            descriptor.Summary.ShouldEndWith(".", customMessage: descriptor.Name);
            descriptor.Advice.Length.ShouldBeGreaterThan(15, descriptor.Name);
            descriptor.Advice.ShouldEndWith(".", customMessage: descriptor.Name);
            foreach (ArgumentSpec argument in registry.ArgumentsOf(descriptor))
            {
                argument.Description.ShouldEndWith(".", customMessage: $"{descriptor.Name}, {argument.Name}");
                (argument.Description.Length > 3).ShouldBeTrue($"{descriptor.Name}, {argument.Name}");
            }
        }
    }

    [Fact]
    public void Everything_is_on_the_page()
    {
        HashSet<string> anchors = [.. JobVocabulary.Documentation.OfType<DocPart.Heading>().Select(h => h.Anchor)];
        foreach (ComponentRegistry registry in JobVocabulary.All.Registries)
            foreach (ComponentDescriptor descriptor in registry.Descriptors)
                anchors.ShouldContain($"{registry.Category}.{descriptor.Name}");
        foreach (ArgumentSpec member in JobVocabulary.Reader.Declared.Where(m => !m.Unsupported && m.Members.Count > 0)) anchors.ShouldContain($"job.{member.Name}");
    }
}
