using System.Text.RegularExpressions;
using System.Xml.Linq;
using TrainService.Specification.Publishing.Documentation;

namespace TrainService.Specification.Tests.Publishing;

public class DocumentationTests
{
    private static readonly IReadOnlyList<DocPart> Page = DocPage.Of("Toys <all>", "For *tests*.", Toys.Members, Toys.Vocabulary);

    [Fact]
    public void Every_category_component_and_argument_is_in_it()
    {
        string[] anchors = [.. Page.OfType<DocPart.Heading>().Select(h => h.Anchor)];
        foreach (ComponentRegistry registry in Toys.Vocabulary.Registries)
            foreach (ComponentDescriptor descriptor in registry.Descriptors)
            {
                anchors.ShouldContain($"{registry.Category}.{descriptor.Name}");
                Page.OfType<DocPart.Paragraph>().ShouldContain(p => p.Label == "When to use it" && p.Text == descriptor.Advice);
                if (descriptor.Arguments.Count > 0)
                    Page.OfType<DocPart.Table>().ShouldContain(t => t.Rows.Count == descriptor.Arguments.Count && t.Rows[0][0].StartsWith(descriptor.Arguments[0].Name));
            }
        anchors.ShouldContain("job.limits");
    }

    [Fact]
    public void What_an_argument_takes_and_what_it_is_left_out_is_told()
    {
        IReadOnlyList<string>[] rows = [.. Page.OfType<DocPart.Table>().SelectMany(t => t.Rows)];
        rows.First(r => r[0] == "depth").ShouldBe(["depth", "a number above 0 and at most 1", "0.5", "How deep."]);
        rows.First(r => r[0] == "size (edge)").ShouldBe(["size (edge)", "a whole number from 1 to 100", "required", "Edge."]);
        rows.First(r => r[0] == "shade" && r[1].EndsWith("null")).ShouldBe(["shade", "the name of a shade, or an object with \"type\", or null", "\"tinted\"", "Colour."]);
    }

    [Fact]
    public void The_page_is_well_formed_and_every_link_leads_somewhere()
    {
        string html = HtmlWriter.Write(Page, "/docs/style.css");
        XElement body = XElement.Parse(html[html.IndexOf("<main>", StringComparison.Ordinal)..(html.IndexOf("</main>", StringComparison.Ordinal) + 7)]);
        HashSet<string> ids = [.. body.Descendants().Attributes("id").Select(a => a.Value)];
        string[] links = [.. body.Descendants("a").Attributes("href").Select(a => a.Value.TrimStart('#'))];
        links.ShouldNotBeEmpty();
        links.ShouldBeSubsetOf(ids);
        html.ShouldContain("<title>Toys &lt;all&gt;</title>");
    }

    [Fact]
    public void Markdown_keeps_its_own_signs_apart_from_the_text_s()
    {
        string text = MarkdownWriter.Write(Page);
        text.ShouldStartWith("# Toys \\<all\\>\n\nFor \\*tests\\*.\n");
        string[] targets = [.. Regex.Matches(text, "<a id=\"([^\"]+)\"></a>").Select(m => m.Groups[1].Value)];
        Regex.Matches(text, "\\]\\(#([^)]+)\\)").Select(m => m.Groups[1].Value).ShouldBeSubsetOf(targets);
        foreach (string row in text.Split('\n').Where(l => l.StartsWith('|'))) Regex.Count(row, "(?<!\\\\)\\|").ShouldBe(5, row);
    }
}
