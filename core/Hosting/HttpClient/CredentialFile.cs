namespace AmpEdge.Hosting;

/// <summary>Reads a small file of credentials, anew each time: such files are rotated under running programs.</summary>
internal static class CredentialFile
{
    /// <summary>The content without blanks around it.</summary>
    /// <exception cref="HttpRequestException">It cannot be read; the message says what for and which file.</exception>
    public static string Read(string path, string what)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HttpRequestException($"unable to read {what} file {path}: {error.Message}", error);
        }
    }

    /// <summary>The given secret, or what the file holds; empty without either.</summary>
    public static string SecretOr(Secret? given, string path, string what) =>
        path.Length > 0 ? Read(path, what) : given?.Reveal() ?? "";
}
