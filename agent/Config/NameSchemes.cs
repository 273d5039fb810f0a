namespace AmpEdge.Agent.Config;

/// <summary>The words of <c>metric_name_validation_scheme</c> and <c>metric_name_escaping_scheme</c>.</summary>
internal static class NameSchemes
{
    public const string Utf8 = "utf8";
    public const string Legacy = "legacy";

    public const string AllowUtf8 = "allow-utf-8";
    public const string Underscores = "underscores";
    public const string Dots = "dots";
    public const string Values = "values";

    public static bool IsEscaping(string scheme) => scheme is AllowUtf8 or Underscores or Dots or Values;
}
