using System.Reflection;
using System.Runtime.InteropServices;

namespace AmpEdge.Hosting;

/// <summary>Which build this is: from the assembly's informational version, <c>0.1.0+revision</c>.</summary>
public sealed record BuildVersion(string Version, string Revision)
{
    public static BuildVersion Of(Assembly assembly)
    {
        string text = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? new BuildVersion(text, "unknown") : new BuildVersion(text[..plus], text[(plus + 1)..]);
    }

    /// <summary>What <c>--version</c> prints.</summary>
    public string Describe(string program) =>
        $"{program}, version {Version} (revision: {Revision})\n" +
        $"  runtime:  {RuntimeInformation.FrameworkDescription}\n" +
        $"  platform: {RuntimeInformation.RuntimeIdentifier}";
}
