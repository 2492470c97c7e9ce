class AwsSsoCred < Formula
  desc "Credential_process helper for AWS IAM Identity Center"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  # macOS has no ready program: it is built from the source.
  on_macos do
    url "@RELEASE@/aws-sso-cred-@VERSION@.crate"
    sha256 "@SHA256_CRATE@"

    depends_on "rust" => :build
  end

  on_linux do
    on_intel do
      url "@RELEASE@/aws-sso-cred-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256_X86_64@"
    end
    on_arm do
      url "@RELEASE@/aws-sso-cred-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256_AARCH64@"
    end
  end

  def install
    if OS.mac?
      system "cargo", "install", *std_cargo_args
    else
      bin.install "aws-sso-cred"
    end
    man1.mkpath
    system bin/"aws-sso-cred", "man", "--dir", man1
    generate_completions_from_executable(bin/"aws-sso-cred", "completions")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/aws-sso-cred --version")
  end
end
