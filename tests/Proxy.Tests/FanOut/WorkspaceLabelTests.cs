using AmpEdge.Prometheus;
using AmpEdge.Proxy.FanOut;
using Xunit;

namespace AmpEdge.Proxy.Tests.FanOut;

public sealed class WorkspaceLabelTests
{
    private static readonly WorkspaceLabel s_label = new("workspace");

    [Theory]
    [InlineData("job", "job")]
    [InlineData("workspaces", "workspaces")]
    [InlineData("my_workspace", "my_workspace")]
    [InlineData("workspace", "exported_workspace")]
    [InlineData("exported_workspace", "exported_exported_workspace")]
    public void Names_of_members_labels_give_way_and_come_back(string atMember, string inAnswer)
    {
        Assert.Equal(inAnswer, s_label.InAnswer(atMember));
        Assert.Equal(atMember, s_label.AtMember(inAnswer));
    }

    [Fact]
    public void Every_label_of_a_series_moves_by_one_place_and_none_is_lost()
    {
        LabelsBuilder labels = new();
        labels.Set("__name__", "up");
        labels.Set("workspace", "own");
        labels.Set("exported_workspace", "scraped");
        labels.Set("exported_exported_workspace", "older");

        Labels moved = s_label.InAnswer(labels, "eu"u8);

        Assert.Equal(
            Labels.FromStrings(
                "__name__", "up", "workspace", "eu", "exported_workspace", "own", "exported_exported_workspace", "scraped",
                "exported_exported_exported_workspace", "older"),
            moved);
    }

    [Fact]
    public void A_gap_among_the_exported_names_stays_a_gap()
    {
        LabelsBuilder labels = new();
        labels.Set("exported_workspace", "scraped");

        Assert.Equal(
            Labels.FromStrings("workspace", "eu", "exported_exported_workspace", "scraped"),
            s_label.InAnswer(labels, "eu"u8));
    }
}
