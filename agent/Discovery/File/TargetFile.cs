namespace AmpEdge.Agent.Discovery;

/// <summary>Reads a file of file-based discovery.</summary>
internal static class TargetFile
{
    /// <summary>The groups of the file; null with a problem that names the file and the place.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<TargetGroup>? Read(string path, out string? problem)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        switch (extension)
        {
            case ".json":
                return TargetGroupReader.ReadJson(path, System.IO.File.ReadAllBytes(path), out problem);
            case ".yml" or ".yaml":
                return TargetGroupReader.ReadYaml(path, System.IO.File.ReadAllBytes(path), out problem);
            default:
                problem = $"{path}: unknown kind of target file (got '{extension}', allowed .json, .yml, .yaml)";
                return null;
        }
    }
}
