using System.Globalization;
using Amazon.Runtime;

namespace AmpEdge.SigV4;

/// <summary>Says in plain words where the SDK found credentials.</summary>
internal static class ProviderName
{
    /// <param name="source">What the SDK's chain gave, before any role of the settings.</param>
    /// <param name="settings">Tell profile and static keys.</param>
    public static string Of(AWSCredentials source, CredentialSettings settings)
    {
        if (settings.StaticKeys is not null)
        {
            return "static keys of the configuration";
        }

        return source is EnvironmentVariablesAWSCredentials
            or AssumeRoleWithWebIdentityCredentials
            or GenericContainerCredentials
            or InstanceCredentials
            ? Describe(source)
            : $"profile '{settings.Profile ?? ProfileOfEnvironment()}' ({Describe(source)})";
    }

    /// <summary>The profile that the SDK takes when nobody names one.</summary>
    public static string ProfileOfEnvironment() =>
        Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } name ? name : "default";

    private static string Describe(AWSCredentials source) => source switch
    {
        EnvironmentVariablesAWSCredentials => "environment variables",
        AssumeRoleWithWebIdentityCredentials web => string.Create(
            CultureInfo.InvariantCulture, $"web identity: role {web.RoleArn} with the token of {web.WebIdentityTokenFile}"),
        GenericContainerCredentials => Container(),
        AssumeRoleAWSCredentials role => $"role {role.RoleArn} with {Describe(role.SourceCredentials)}",
        ProcessAWSCredentials => "credential_process",
        SSOAWSCredentials sso => $"single sign-on: role {sso.RoleName} in account {sso.AccountId}",
        InstanceCredentials instance => $"EC2 instance metadata: role {instance.Role}",
        SessionAWSCredentials => "session keys",
        BasicAWSCredentials => "keys",
        _ => source.GetType().Name,
    };

    /// <summary>One class serves both; the environment tells them apart as it does for the SDK.</summary>
    private static string Container()
    {
        if (Environment.GetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") is { Length: > 0 } path)
        {
            return $"ECS task role, by {path}";
        }

        string? uri = Environment.GetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        return Environment.GetEnvironmentVariable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") is { Length: > 0 } file
            ? $"EKS Pod Identity or another container endpoint: {uri} with the token of {file}"
            : $"container endpoint: {uri}";
    }
}
