package witness

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tool is one pinned program and how it comes into the cache.
type tool struct {
	name, version string
	install       func(ctx context.Context, dir string) error
}

//go:embed etc/localstack.txt
var localstackPackages []byte

// tools in the order in which they are listed. Figures: docs/performance.md.
var tools = []tool{
	{DynamoDBLocal, "2.6.1", jars("com.amazonaws", "DynamoDBLocal", "2.6.1")},
	{Dynoxide, "3.2.0", crate("dynoxide-rs", "3.2.0", "native-sqlite,http-server,cli")},
	{LocalStack, "4.14.0", localstack},
	{Moto, "5.2.5", python("python3", "moto[server]==5.2.5")},
	{GreenMail, "2.1.13", jars("com.icegreen", "greenmail-standalone", "2.1.13")},
	{SAM, "1.170.0", python("python3", "aws-sam-cli==1.170.0")},
	{CfnLint, "1.58.0", python("python3", "cfn-lint==1.58.0")},
	{Checkov, "3.3.30", python("python3", "checkov==3.3.30")},
}

func find(name string) (tool, error) {
	for _, t := range tools {
		if t.name == name {
			return t, nil
		}
	}
	return tool{}, fmt.Errorf("unknown tool %q: one of %s", name, strings.Join(Names(), ", "))
}

// Names lists everything that can be installed, services first.
func Names() []string {
	var out []string
	for _, t := range tools {
		out = append(out, t.name)
	}
	return out
}

// Path is a file of an installed tool, e.g. Path(SAM, "bin", "sam").
func (c Cache) Path(name string, parts ...string) string {
	t, err := find(name)
	if err != nil {
		return ""
	}
	return filepath.Join(append([]string{c.Dir, t.name + "-" + t.version}, parts...)...)
}

// Install brings tools into the cache, where they are not yet. A half-made
// installation is never taken for a whole one: a file tells that it ended.
func (c Cache) Install(ctx context.Context, names ...string) error {
	for _, name := range names {
		t, err := find(name)
		if err != nil {
			return err
		}
		if _, err := os.Stat(c.Path(name, done)); err == nil {
			continue
		}
		c.say("installing " + t.name + " " + t.version)
		if err := c.install(ctx, t); err != nil {
			return fmt.Errorf("install %s %s: %w", t.name, t.version, err)
		}
	}
	return nil
}

const done = "installed"

// install works in the final place, since Python environments cannot be moved.
func (c Cache) install(ctx context.Context, t tool) error {
	dir := c.Path(t.name)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if err := t.install(ctx, dir); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, done), nil, 0o600)
}

func (c Cache) say(what string) {
	if c.Progress != nil {
		c.Progress(what)
	}
}

// run runs an installer; only when it fails is its output shown.
func run(ctx context.Context, dir, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, tail(out))
	}
	return nil
}

func tail(out []byte) string {
	const most = 4000
	if len(out) > most {
		out = out[len(out)-most:]
	}
	return strings.TrimSpace(string(out))
}

// jars gets a Java program with all it needs into DIR/lib.
func jars(group, artifact, version string) func(context.Context, string) error {
	pom := fmt.Sprintf(pomText, group, artifact, version)
	return func(ctx context.Context, dir string) error {
		if err := os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(pom), 0o600); err != nil {
			return err
		}
		return run(ctx, dir, "mvn", "-q", "-B", "-ntp", "package")
	}
}

const pomText = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>takedown</groupId><artifactId>witness</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency></dependencies>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version>
    <executions><execution><phase>package</phase><goals><goal>copy-dependencies</goal></goals>
      <configuration><outputDirectory>lib</outputDirectory></configuration></execution></executions>
  </plugin></plugins></build>
</project>
`

// crate builds a Rust program into DIR/bin.
func crate(name, version, features string) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		return run(ctx, dir, "cargo", "install", name, "--version", version, "--locked", "--no-default-features", "--features", features, "--root", dir)
	}
}

// python makes a virtual environment in DIR with packages.
func python(interpreter string, packages ...string) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		if err := run(ctx, dir, interpreter, "-m", "venv", dir); err != nil {
			return err
		}
		args := append([]string{"install", "--quiet", "--disable-pip-version-check"}, packages...)
		return run(ctx, dir, filepath.Join(dir, "bin", "pip"), args...)
	}
}

// localstack needs Python 3.13 and a set of packages that are frozen, since
// its own bounds let in versions with which it does not start.
func localstack(ctx context.Context, dir string) error {
	interpreter, err := python313(ctx)
	if err != nil {
		return err
	}
	if err := run(ctx, dir, interpreter, "-m", "venv", dir); err != nil {
		return err
	}
	list := filepath.Join(dir, "packages.txt")
	if err := os.WriteFile(list, localstackPackages, 0o600); err != nil {
		return err
	}
	return run(ctx, dir, filepath.Join(dir, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", list)
}

// python313 finds an interpreter on the path, or one of pyenv that is not
// switched on.
func python313(ctx context.Context) (string, error) {
	if exec.CommandContext(ctx, "python3.13", "--version").Run() == nil {
		return "python3.13", nil
	}
	root := os.Getenv("PYENV_ROOT")
	if root == "" {
		root = filepath.Join(os.Getenv("HOME"), ".pyenv")
	}
	found, err := filepath.Glob(filepath.Join(root, "versions", "3.13*", "bin", "python3.13"))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("no python3.13 on the path or in %s", root)
	}
	return found[len(found)-1], nil
}
