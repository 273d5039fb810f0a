using Xunit;

namespace AmpEdge.Tests.Support;

/// <summary>
/// Finds the shared conformance data that tests compare with. It lies beside the checkout (or where
/// <c>AMPEDGE_SHARED</c> says) and is read in place; when absent a test is skipped, unless
/// <c>AMPEDGE_REQUIRE_ORACLES=1</c>, where its absence is a failure.
/// </summary>
public static class Oracle
{
    /// <summary>
    /// The one case of a theory whose cases are absent. Its test asks for them with <see cref="Locate"/> before all else, and so is
    /// skipped or fails as any other.
    /// </summary>
    public const string NoCase = "absent";

    private static readonly string s_root = FindRepositoryRoot();

    /// <summary>The checkout's top folder: the one that holds AmpEdge.sln.</summary>
    public static string RepositoryRoot => s_root;

    /// <summary>True when a missing oracle or peer program must fail the test that wants it.</summary>
    public static bool Required => Environment.GetEnvironmentVariable("AMPEDGE_REQUIRE_ORACLES") == "1";

    /// <summary>The shared folder's path, whether it exists or not.</summary>
    public static string SharedFolder =>
        Environment.GetEnvironmentVariable("AMPEDGE_SHARED") is { Length: > 0 } configured
            ? Path.GetFullPath(configured)
            : Path.GetFullPath(Path.Combine(s_root, "..", "shared"));

    /// <summary>A file or folder below the shared folder; skips or fails the running test when it is absent.</summary>
    public static string Locate(string relativePath)
    {
        string path = Path.Combine(SharedFolder, relativePath);
        if (!Path.Exists(path))
        {
            Absent($"{path} is absent: set AMPEDGE_SHARED to the folder that holds '{relativePath}'");
        }

        return path;
    }

    /// <summary>True when the path is there; lets a theory's data source answer without failing discovery.</summary>
    public static bool Has(string relativePath) => Path.Exists(Path.Combine(SharedFolder, relativePath));

    /// <summary>A file of our own below tests/testdata.</summary>
    public static string TestData(string relativePath) => Path.Combine(s_root, "tests", "testdata", relativePath);

    /// <summary>A peer program on the PATH; skips or fails the running test when it is absent.</summary>
    public static string Program(string name)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Absent($"the program '{name}' is not installed");
        return name;
    }

    /// <summary>Skips the running test, or fails it where oracles and peers are required.</summary>
    /// <param name="reason">What is absent, of what lies outside the project.</param>
    public static void Absent(string reason)
    {
        if (Required)
        {
            Assert.Fail(reason + " (AMPEDGE_REQUIRE_ORACLES=1 makes this a failure)");
        }

        Assert.Skip(reason);
    }

    private static string FindRepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AmpEdge.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no folder above {AppContext.BaseDirectory} holds AmpEdge.sln");
    }
}
